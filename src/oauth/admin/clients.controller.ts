import {
  Body,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Scopes } from '../../access/access.decorators.js';
import { administering } from '../../admin/rights/caller.js';
import { ifMatchHeader } from '../../admin/users/if-match-header.js';
import { VERSION_HEADER } from '../../admin/users/user-version.js';
import { VersionCondition } from '../../admin/users/version-condition.js';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { ChangeClientDto, CreateClientDto, given } from '../clients/client.dto.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { ClientAdministration, clientVersion } from './client-administration.js';
import { clientPage, ClientPageDto } from './client-page.dto.js';
import { ClientModel, ClientPageModel, CreatedClientModel, RotatedSecretModel } from './client.model.js';
import { OptionalBodyInterceptor } from './optional-body.interceptor.js';
import { RotateSecretDto } from './rotate-secret.dto.js';

const ID = { name: 'id', schema: { type: 'string' } } as const;
const IF_MATCH = ifMatchHeader('the client as you saw it');

/** OAuth clients as administrators see and change them. */
@ApiTags('Administration')
@ApiBearerAuth()
@Scopes('clients:write')
@UnversionedController('admin/clients')
export class ClientsController {
  constructor(
    private readonly clients: OAuthClients,
    private readonly administration: ClientAdministration,
  ) {}

  @Get()
  @Scopes('clients:read')
  @ApiOperation({
    summary: 'List OAuth clients',
    description: 'A page at a time. Needs the scope `clients:read`.',
  })
  @ApiOkResponse({ type: ClientPageModel })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED'] })
  async list(@Query() query: ClientPageDto): Promise<ClientPageModel> {
    return clientPage(query, (page) => this.clients.list(page));
  }

  @Get(':id')
  @Scopes('clients:read')
  @ApiOperation({ summary: 'See an OAuth client', description: 'Needs the scope `clients:read`.' })
  @ApiParam(ID)
  @ApiOkResponse({ type: ClientModel, headers: VERSION_HEADER })
  @ApiProblems({ bearer: true, codes: ['NOT_FOUND'] })
  async see(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<ClientModel> {
    const stored = await this.clients.read(id);
    response.header('ETag', clientVersion(stored.client));
    return ClientModel.of(stored);
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Make an OAuth client',
    description:
      'A confidential one that does not authenticate by a key gets a secret, which is shown this once. Of scopes of administration the ' +
      'caller must have each. Needs the scope `clients:write`; of a first-party client also `admins:write`.',
  })
  @ApiCreatedResponse({ type: CreatedClientModel, headers: VERSION_HEADER })
  @ApiProblems({ bearer: true, body: true })
  async create(
    @CurrentUser() caller: Principal,
    @Body() body: CreateClientDto,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<CreatedClientModel> {
    const writer = this.administration.writer(administering(caller, request));
    const created = await this.clients.create(given(body), writer);
    response.header('ETag', clientVersion(created.client));
    return CreatedClientModel.ofNew(created);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change an OAuth client',
    description:
      'What is not named stays. `If-Match` must say which version is meant. Tokens that it got in its own name die where it may get less ' +
      'than before. The caller must have the scopes of administration of before and after. Needs the scope `clients:write`; of a ' +
      'first-party client also `admins:write`.',
  })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: ClientModel, headers: VERSION_HEADER })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: ['NOT_FOUND', 'PRECONDITION_REQUIRED', 'PRECONDITION_FAILED', 'CLIENT_PROTECTED'],
  })
  async change(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Body() body: ChangeClientDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<ClientModel> {
    const version = VersionCondition.required(ifMatch);
    const writer = this.administration.writer(administering(caller, request), version);
    const changed = await this.clients.change(id, given(body), writer);
    response.header('ETag', clientVersion(changed.client));
    return ClientModel.of(changed);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete an OAuth client',
    description:
      'Sessions that it was granted end, and the tokens that it got in its own name die. Needs the scope `clients:write`; of a first-party client also `admins:write`.',
  })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiProblems({
    bearer: true,
    body: 'unread',
    codes: ['NOT_FOUND', 'PRECONDITION_FAILED', 'CLIENT_PROTECTED'],
  })
  async delete(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: HttpRequest,
  ): Promise<void> {
    const version = VersionCondition.of(ifMatch);
    await this.clients.delete(id, this.administration.writer(administering(caller, request), version));
  }

  @Post(':id/secret')
  @Header('Cache-Control', 'no-store')
  @UseInterceptors(OptionalBodyInterceptor)
  @ApiOperation({
    summary: 'Give an OAuth client another secret',
    description:
      'It is shown this once. Those of before stay good for the overlap, a day if nothing is said. Needs the scope `clients:write`; of a ' +
      'first-party client also `admins:write`.',
  })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH)
  @ApiBody({ type: RotateSecretDto, required: false })
  @ApiCreatedResponse({ type: RotatedSecretModel, headers: VERSION_HEADER })
  @ApiProblems({
    bearer: true,
    body: true,
    codes: ['NOT_FOUND', 'PRECONDITION_FAILED', 'CLIENT_PROTECTED', 'CLIENT_WITHOUT_SECRET'],
  })
  async rotateSecret(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Body() { overlapSeconds }: RotateSecretDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<RotatedSecretModel> {
    const version = VersionCondition.of(ifMatch);
    const writer = this.administration.writer(administering(caller, request), version);
    const rotated = await this.clients.rotateSecret(id, writer, overlapSeconds);
    response.header('ETag', clientVersion(rotated.client));
    return RotatedSecretModel.of(rotated);
  }
}
