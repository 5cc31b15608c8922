import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RefreshRotationService } from '../../tokens/sessions/refresh-rotation.service.js';
import { SessionEndedError } from '../../tokens/sessions/sessions.errors.js';
import type { OpenedSession } from '../../tokens/sessions/session.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidCredentialsError } from './invalid-credentials.error.js';
import { type TokenPair, TokenPairIssuer } from './token-pair-issuer.js';

/** Where users and sessions meet: a pair of tokens for a user. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly rotation: RefreshRotationService,
    private readonly pairs: TokenPairIssuer,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Opens a session for a user whose password was just checked.
   * @throws InvalidCredentialsError if the password was changed or the account disabled since: who ended the user's
   * sessions then could not end this one
   */
  async open(user: User, client: ClientInfo): Promise<TokenPair> {
    const opened = await this.openRecorded(user.id, client);
    const issueTime = this.pairs.issueTime(user.id);
    const current = await this.users.findById(user.id);
    if (current?.passwordHash !== user.passwordHash || current.disabledAt) {
      await this.sessions.end({
        subject: user.id,
        only: opened.session.id,
        reason: 'password_changed',
        client,
      });
      throw new InvalidCredentialsError();
    }
    return this.pairs.issue(opened, current, issueTime);
  }

  /**
   * Rotates the refresh token. Roles are read anew, so that a change takes effect here at the latest.
   * @throws RefreshTokenInvalidError, RefreshTokenExpiredError, RefreshTokenReusedError, SessionEndedError
   * @throws AccountDisabledError after the user's sessions have been ended
   */
  async refresh(refreshToken: string, client: ClientInfo): Promise<TokenPair> {
    const before = this.pairs.now();
    const opened = await this.rotation.rotate(refreshToken, client, this.users.reading);
    const { id, subject } = opened.session;
    const { user, issueTime } = await this.current(subject, opened.read, before);
    if (!user) {
      await this.sessions.end({ subject, only: id, reason: 'account_disabled', client });
      throw new SessionEndedError();
    }
    if (user.disabledAt) {
      await this.sessions.end({ subject, reason: 'account_disabled', client });
      throw new AccountDisabledError();
    }
    return this.pairs.issue(opened, user, issueTime);
  }

  /**
   * The user as they are now: what was read with the rotation, unless there was nothing, or the user's tokens have been
   * revoked meanwhile. The time is that before the reading: a token with roles that are withdrawn after it is dead.
   */
  private async current(
    subject: string,
    read: User | undefined,
    before: number,
  ): Promise<{ user: User | undefined; issueTime: number }> {
    const readSince = this.pairs.issueTimeSince(before, subject);
    if (read && readSince !== undefined) return { user: read, issueTime: readSince };
    const issueTime = this.pairs.issueTime(subject);
    return { user: await this.users.findById(subject), issueTime };
  }

  private async openRecorded(subject: string, client: ClientInfo): Promise<OpenedSession> {
    return this.unitOfWork.run(async (transaction) => {
      const opened = await this.sessions.open(subject, client, transaction);
      const actor = { kind: 'user', id: subject } as const;
      const sessionId = opened.session.id;
      await this.audit.record({ type: 'login.succeeded', actor, subject, sessionId, client }, transaction);
      return opened;
    });
  }
}
