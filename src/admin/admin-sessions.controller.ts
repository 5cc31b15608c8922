import { Delete, Get, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { UnversionedController } from '../common/unversioned-controller.decorator.js';
import { CurrentUser, Roles, Scopes } from '../access/access.decorators.js';
import { EndsSession } from '../auth/cookie-mode/cookie-mode.decorators.js';
import { SessionClients } from '../auth/session/session-clients.js';
import { SessionFields, sessionFieldsOf } from '../auth/session/session.model.js';
import {
  answerSessionPage,
  NEXT_PAGE_HEADER,
  SessionPageDto,
  sessionPageOf,
} from '../auth/session/session-page.dto.js';
import type { HttpRequest, HttpResponse } from '../common/client-info.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import type { Principal } from '../common/principal.js';
import { ADMIN_ROLE } from '../users/user.js';
import { AccountRescueService } from './account-rescue.service.js';
import { administering } from './rights/caller.js';

const USER_ID = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

/** Sessions as administrators see and end them: those of one user, or all. */
@ApiTags('Administration')
@ApiBearerAuth()
@UnversionedController('admin')
export class AdminSessionsController {
  constructor(
    private readonly accounts: AccountRescueService,
    private readonly clients: SessionClients,
  ) {}

  @Get('users/:id/sessions')
  @Scopes('sessions:read')
  @ApiOperation({
    summary: 'List the sessions of a user',
    description:
      'Open ones, the most recently used first, a page at a time. Needs the scope `sessions:read`.',
  })
  @ApiParam(USER_ID)
  @ApiOkResponse({ type: [SessionFields], headers: NEXT_PAGE_HEADER })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED', 'NOT_FOUND'] })
  async list(
    @Param('id') id: string,
    @Query() query: SessionPageDto,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionFields[]> {
    const found = await this.accounts.listSessions({ id }, sessionPageOf(query));
    const page = answerSessionPage(found, query, request, response);
    const names = await this.clients.namesOf(page);
    return page.map((session) => sessionFieldsOf(session, names));
  }

  @Delete('users/:id/sessions')
  @Scopes('sessions:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End all sessions of a user',
    description:
      'Their access tokens die. The user can log in again. Needs the scope `sessions:write`; of an administrator also `admins:write`.',
  })
  @ApiParam(USER_ID)
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['NOT_FOUND'] })
  async endSessions(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.accounts.endSessions({ id }, administering(caller, request));
  }

  @Delete('users/:id/sessions/:sessionId')
  @Scopes('sessions:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End a session of a user',
    description:
      'Its access tokens die. Needs the scope `sessions:write`; of an administrator also `admins:write`.',
  })
  @ApiParam(USER_ID)
  @ApiParam({ name: 'sessionId', schema: { type: 'string', format: 'uuid' } })
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['NOT_FOUND'] })
  async endSession(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Param('sessionId') sessionId: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.accounts.endSession({ id }, sessionId, administering(caller, request));
  }

  @Delete('sessions')
  @Roles(ADMIN_ROLE)
  @HttpCode(204)
  @EndsSession()
  @ApiOperation({
    summary: 'End all sessions of all users',
    description: 'That of the caller included. All access tokens die. Needs the role `admin`.',
  })
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['INSUFFICIENT_ROLE'] })
  async endAllForEveryone(@CurrentUser() caller: Principal, @Req() request: HttpRequest): Promise<void> {
    await this.accounts.endSessionsOfAll(administering(caller, request));
  }
}
