import { Controller, Delete, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/access/access.decorators.js';
import { EndsSession } from '../auth/cookie-mode/cookie-mode.decorators.js';
import { PasswordResetRequestService } from '../auth/password-reset/password-reset-request.service.js';
import { clientInfoOf, type HttpRequest } from '../common/client-info.js';
import { NotFoundError } from '../common/errors/latchkey-error.js';
import { ApiProblems } from '../common/openapi/api-problems.js';
import { EverybodysSessions } from '../tokens/sessions/everybodys-sessions.service.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import { ADMIN_ROLE, type User } from '../users/user.js';
import { UsersService } from '../users/users.service.js';

const USER_ID = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

/** What administrators do where an account, or all of them, may be in foreign hands. */
@ApiTags('Administration')
@ApiBearerAuth()
@Roles(ADMIN_ROLE)
@Controller('api/admin')
export class AdminUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly everybodys: EverybodysSessions,
    private readonly passwordReset: PasswordResetRequestService,
  ) {}

  @Post('users/:id/password-reset')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Have a user set a new password',
    description:
      'Mails the user, and nobody else, the link of a forgotten password, and ends their sessions. The old password ' +
      'goes on until the new one is set. Needs the role `admin`.',
  })
  @ApiParam(USER_ID)
  @ApiAcceptedResponse({ description: 'The mail is on its way, unless the user got one a moment ago.' })
  @ApiProblems({
    bearer: true,
    body: 'unread',
    codes: ['INSUFFICIENT_ROLE', 'ACCOUNT_DISABLED', 'NOT_FOUND'],
  })
  async startPasswordReset(
    @CurrentUser('subject') caller: string,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.passwordReset.startFor(await this.find(id), clientInfoOf(request), caller);
  }

  @Delete('users/:id/sessions')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End all sessions of a user',
    description: 'Their access tokens die. The user can log in again. Needs the role `admin`.',
  })
  @ApiParam(USER_ID)
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['INSUFFICIENT_ROLE', 'NOT_FOUND'] })
  async endSessions(
    @CurrentUser('subject') caller: string,
    @Param('id') id: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    const user = await this.find(id);
    await this.sessions.endAll(user.id, 'ended_by_admin', undefined, clientInfoOf(request), caller);
  }

  @Delete('sessions')
  @HttpCode(204)
  @EndsSession()
  @ApiOperation({
    summary: 'End all sessions of everybody',
    description: 'That of the caller included. All access tokens die. Needs the role `admin`.',
  })
  @ApiNoContentResponse({ description: 'Ended.' })
  @ApiProblems({ bearer: true, body: 'unread', codes: ['INSUFFICIENT_ROLE'] })
  async endEverybodysSessions(
    @CurrentUser('subject') caller: string,
    @Req() request: HttpRequest,
  ): Promise<void> {
    await this.everybodys.end(clientInfoOf(request), caller);
  }

  private async find(id: string): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw new NotFoundError('There is no such user.');
    return user;
  }
}
