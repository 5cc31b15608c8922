import { Body, Delete, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { ApiProblems } from '../../common/openapi/api-problems.js';
import type { Principal } from '../../common/principal.js';
import { RateLimited } from '../../throttling/requests/rate-limited.decorator.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { CurrentUser, Public, TakesEveryGrant } from '../../access/access.decorators.js';
import { RecordsRefusal } from '../audit/records-refusal.decorator.js';
import { EndsSession, RotatesSession } from '../cookie-mode/cookie-mode.decorators.js';
import { OwnSessionsService } from './own-sessions.service.js';
import { SessionClients } from './session-clients.js';
import { RefreshDto } from './refresh.dto.js';
import { SessionModel } from './session.model.js';
import { answerSessionPage, NEXT_PAGE_HEADER, SessionPageDto, sessionPageOf } from './session-page.dto.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import type { TokenPair } from '../sign-in/token-pair-issuer.js';

const NEEDS_RECENT_PASSWORD =
  'Needs that you have logged in, or shown your password again, within `REAUTHENTICATION_MAX_AGE` (15 m).';

@ApiTags('Sessions')
@UnversionedController('auth')
export class SessionController {
  constructor(
    private readonly tokens: SignInService,
    private readonly sessions: SessionsService,
    private readonly own: OwnSessionsService,
    private readonly clients: SessionClients,
  ) {}

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RateLimited('refresh')
  @RotatesSession()
  @RecordsRefusal('session.refresh_refused')
  @ApiBody({ type: RefreshDto, required: false })
  @ApiOperation({
    summary: 'Exchange a refresh token for a new pair',
    description:
      'Each refresh token is good for one use. For a moment (`REFRESH_GRACE`, 10 s) the one just used answers again, ' +
      'with the same successor; any later use is taken for theft and ends the session. With `X-Auth-Mode: cookie` the ' +
      'token comes from its cookie, the body is left out, and `X-CSRF-Token` is needed.',
  })
  @ApiProblems({
    body: true,
    codes: [
      'REFRESH_TOKEN_INVALID',
      'REFRESH_TOKEN_EXPIRED',
      'REFRESH_TOKEN_REUSED',
      'SESSION_ENDED',
      'ACCOUNT_DISABLED',
      'CSRF_REJECTED',
      'RATE_LIMITED',
    ],
  })
  async refresh(@Body() { refreshToken }: RefreshDto, @Req() request: HttpRequest): Promise<TokenPair> {
    return this.tokens.refresh(refreshToken, clientInfoOf(request));
  }

  @Post('logout')
  @TakesEveryGrant()
  @HttpCode(204)
  @EndsSession()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Log out',
    description:
      'Ends this session. Its access tokens die with it. A body is not needed; one that is not JSON is refused, as ' +
      'everywhere, and nothing ends then.',
  })
  @ApiNoContentResponse({ description: 'Logged out.' })
  @ApiProblems({ bearer: true, body: 'unread' })
  async logout(@CurrentUser() caller: Principal, @Req() request: HttpRequest): Promise<void> {
    await this.own.logOut(caller, clientInfoOf(request));
  }

  @Post('logout-all')
  @HttpCode(204)
  @EndsSession()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Log out everywhere',
    description: 'Ends every session of yours, this one included.',
  })
  @ApiNoContentResponse({ description: 'Logged out everywhere.' })
  @ApiProblems({ bearer: true, body: 'unread' })
  async logoutAll(@CurrentUser() caller: Principal, @Req() request: HttpRequest): Promise<void> {
    await this.own.logOutEverywhere(caller, clientInfoOf(request));
  }

  @Get('sessions')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'List your sessions',
    description: 'Open ones, the most recently used first, a page at a time.',
  })
  @ApiOkResponse({ type: [SessionModel], headers: NEXT_PAGE_HEADER })
  @ApiProblems({ bearer: true, codes: ['VALIDATION_FAILED'] })
  async list(
    @CurrentUser() caller: Principal,
    @Query() query: SessionPageDto,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionModel[]> {
    const found = await this.sessions.listOpen(caller.subject, sessionPageOf(query));
    const page = answerSessionPage(found, query, request, response);
    const names = await this.clients.namesOf(page);
    return page.map((session) => SessionModel.of(session, caller.sessionId, names));
  }

  @Delete('sessions')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'End your other sessions',
    description: `All but this one. ${NEEDS_RECENT_PASSWORD}`,
  })
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['REAUTHENTICATION_REQUIRED'] })
  async endOthers(@CurrentUser() caller: Principal, @Req() request: HttpRequest): Promise<void> {
    await this.own.endOthers(caller, clientInfoOf(request));
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @EndsSession()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'End one of your sessions',
    description: `Ending one that has ended already is no error. ${NEEDS_RECENT_PASSWORD} Ending this one does not.`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['REAUTHENTICATION_REQUIRED', 'NOT_FOUND'] })
  async end(
    @CurrentUser() caller: Principal,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.own.end(caller, id, clientInfoOf(request));
  }
}
