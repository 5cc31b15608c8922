import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { User } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';
import { AccountMails } from '../mails/account-mails.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';
import { CallerAccount, requireActive } from '../reauthentication/caller-account.js';
import { eventOf } from '../reauthentication/password-confirmation.js';

/** What users do with their own account. */
@Injectable()
export class AccountService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async profile(id: string): Promise<User> {
    return this.account.find(id);
  }

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async rename(id: string, name: string): Promise<User> {
    await this.account.find(id);
    return requireActive(await this.users.rename(id, name));
  }

  /**
   * Ends the user's other sessions, and links that were mailed to reset the password or change the address. This session
   * goes on; a token that was only good for changing the password stays so, and the next refresh or login brings one with
   * the user's roles.
   * @throws InvalidCredentialsError if the current password is wrong, or was changed by someone else just now
   * @throws PasswordRejectedError, AccountThrottledError
   */
  async changePassword(
    caller: Principal,
    currentPassword: string,
    newPassword: string,
    client: ClientInfo,
  ): Promise<void> {
    const wanted = { type: 'password.changed', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, currentPassword);
    const reason =
      newPassword === currentPassword
        ? 'must differ from the current one'
        : await this.policy.reject(newPassword, user);
    if (reason !== undefined) throw new PasswordRejectedError('newPassword', reason);
    const passwordHash = await this.hasher.hash(newPassword);
    await this.unitOfWork.run(async (transaction) => {
      const changed = await this.users.changePassword(user, passwordHash, transaction);
      if (!changed) throw new InvalidCredentialsError('The current password is wrong.');
      await this.tokens.end(user.id, transaction, ['password-reset', 'email-change']);
      await this.mails.passwordChanged(user, client, transaction);
      await this.audit.record(eventOf(wanted), transaction);
      await this.sessions.endAllWithin(transaction, user.id, 'password_changed', caller.sessionId, client);
    });
  }
}
