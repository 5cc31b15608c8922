import { Body, Delete, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Scopes } from '../../access/access.decorators.js';
import { administering } from '../../admin/rights/caller.js';
import type { HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import {
  CreateInitialAccessTokenDto,
  lifetimeOf,
  tokenSettingsOf,
} from '../registration/initial-access-token.dto.js';
import { InitialAccessTokens } from '../registration/initial-access-tokens.js';
import { ClientAdministration } from './client-administration.js';
import { initialAccessTokenPage, InitialAccessTokenPageDto } from './initial-access-token-page.dto.js';
import { CreatedInitialAccessTokenModel, InitialAccessTokenPageModel } from './initial-access-token.model.js';

/** Tokens by which applications register themselves as OAuth clients (RFC 7591). */
@ApiTags('Administration')
@ApiBearerAuth()
@Scopes('clients:write')
@UnversionedController('admin/initial-access-tokens')
export class InitialAccessTokensController {
  constructor(
    private readonly tokens: InitialAccessTokens,
    private readonly administration: ClientAdministration,
  ) {}

  @Get()
  @Scopes('clients:read')
  @ApiOperation({
    summary: 'List initial access tokens',
    description: 'A page at a time, of those that have not expired. Needs the scope `clients:read`.',
  })
  @ApiOkResponse({ type: InitialAccessTokenPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED'] })
  async list(@Query() query: InitialAccessTokenPageDto): Promise<InitialAccessTokenPageModel> {
    return initialAccessTokenPage(query, (page) => this.tokens.list(page));
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Make an initial access token',
    description:
      'An application registers itself with it at `/oauth/register` (RFC 7591), where `OAUTH_REGISTRATION` is on, with no more grants and ' +
      'scopes than these. It is shown this once. Of scopes of administration the caller must have each. Needs the scope `clients:write`.',
  })
  @ApiCreatedResponse({ type: CreatedInitialAccessTokenModel })
  @ApiProblems({ bearer: true, body: true })
  async create(
    @CurrentUser() caller: Principal,
    @Body() body: CreateInitialAccessTokenDto,
    @Req() request: HttpRequest,
  ): Promise<CreatedInitialAccessTokenModel> {
    const writer = this.administration.writer(administering(caller, request));
    const made = await this.tokens.create(tokenSettingsOf(body), lifetimeOf(body), writer);
    return CreatedInitialAccessTokenModel.ofNew(made);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Revoke an initial access token',
    description: 'Clients that registered with it stay. Needs the scope `clients:write`.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string' } })
  @ApiNoContentResponse({ description: 'Revoked.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['NOT_FOUND'] })
  async revoke(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.tokens.revoke(id, this.administration.writer(administering(caller, request)));
  }
}
