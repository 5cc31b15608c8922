import { Injectable } from '@nestjs/common';
import { PasswordResetRequestService } from '../auth/password-reset/password-reset-request.service.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { existing } from './no-such-user.js';

/** What operators do where an account, or all of them, may be in foreign hands. */
@Injectable()
export class AccountRescueService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwordReset: PasswordResetRequestService,
  ) {}

  /** @throws NotFoundError */
  async endSessions(email: string): Promise<void> {
    const user = existing(await this.users.findByEmail(email));
    await this.sessions.end({ subject: user.id, reason: 'ended_by_admin' });
  }

  /** Of all users, administrators too. @returns how many */
  async endSessionsOfAll(): Promise<number> {
    return this.sessions.endAllForEveryone();
  }

  /**
   * Mails the user a link to set a new password, and ends their sessions.
   * @throws NotFoundError, AccountDisabledError
   */
  async startPasswordReset(email: string): Promise<void> {
    await this.passwordReset.startFor(existing(await this.users.findByEmail(email)));
  }
}
