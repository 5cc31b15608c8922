import { Body, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser } from '../../access/access.decorators.js';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { ConsentDto } from './consent.dto.js';
import { ConsentModel } from './consent.model.js';
import { OwnConsents } from './own-consents.js';

const CLIENT_ID = { name: 'clientId', schema: { type: 'string' } } as const;
const OWN_TOKENS = 'Only with a token that Latchkey itself issued: a client cannot allow itself anything.';

/** What users allow OAuth clients. */
@ApiTags('Sessions')
@ApiBearerAuth()
@UnversionedController('auth/consents')
export class ConsentsController {
  constructor(private readonly consents: OwnConsents) {}

  @Get()
  @ApiOperation({ summary: 'List what you allowed clients', description: `The oldest first. ${OWN_TOKENS}` })
  @ApiOkResponse({ type: [ConsentModel] })
  @ApiProblems({ bearer: true })
  async list(@CurrentUser() caller: Principal): Promise<ConsentModel[]> {
    return (await this.consents.list(caller)).map((consent) => ConsentModel.of(consent));
  }

  @Put(':clientId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Allow a client something',
    description: `In place of what was allowed before. It gets no token by this: it has to ask for one. Its sessions of yours that have more end. ${OWN_TOKENS}`,
  })
  @ApiParam(CLIENT_ID)
  @ApiNoContentResponse({ description: 'Allowed.' })
  @ApiProblems({ bearer: true, body: true, codes: ['NOT_FOUND'] })
  async give(
    @CurrentUser() caller: Principal,
    @Param('clientId') clientId: string,
    @Body() { scopes }: ConsentDto,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.consents.give(caller, clientId, scopes, clientInfoOf(request));
  }

  @Post(':clientId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Allow a client something more',
    description: `Beside what it is allowed already: of several at once none is lost. It gets no token by this: it has to ask for one. ${OWN_TOKENS}`,
  })
  @ApiParam(CLIENT_ID)
  @ApiNoContentResponse({ description: 'Allowed.' })
  @ApiProblems({ bearer: true, body: true, codes: ['NOT_FOUND'] })
  async add(
    @CurrentUser() caller: Principal,
    @Param('clientId') clientId: string,
    @Body() { scopes }: ConsentDto,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.consents.add(caller, clientId, scopes, clientInfoOf(request));
  }

  @Delete(':clientId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Take back what you allowed a client',
    description: `Its sessions of yours end, and their tokens die. That there is nothing to take back is no error. ${OWN_TOKENS}`,
  })
  @ApiParam(CLIENT_ID)
  @ApiNoContentResponse({ description: 'Taken back.' })
  @ApiProblems({ bearer: true, body: 'unread' })
  async withdraw(
    @CurrentUser() caller: Principal,
    @Param('clientId') clientId: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.consents.withdraw(caller, clientId, clientInfoOf(request));
  }
}
