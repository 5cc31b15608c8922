import { Injectable, Logger } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { AccessTokenInvalidError } from '../../tokens/access/access-token.errors.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidCredentialsError } from '../login/login.errors.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';

/** What users do with their own account. */
@Injectable()
export class AccountService {
  private readonly logger = new Logger('Account');

  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async profile(id: string): Promise<User> {
    return usable(await this.users.findById(id));
  }

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async rename(id: string, name: string): Promise<User> {
    usable(await this.users.findById(id));
    return usable(await this.users.rename(id, name));
  }

  /**
   * Ends the user's other sessions. This one goes on; a token that was only good for changing the password stays so, and
   * the next refresh or login brings one with the user's roles.
   * @throws InvalidCredentialsError if the current password is wrong, or was changed by someone else just now
   * @throws PasswordRejectedError
   */
  async changePassword(
    caller: Principal,
    currentPassword: string,
    newPassword: string,
    client: ClientInfo,
  ): Promise<void> {
    const user = usable(await this.users.findById(caller.subject));
    const { matches } = await this.hasher.verify(currentPassword, user.passwordHash);
    const { sessionId } = caller;
    const actor = { kind: 'user', id: user.id } as const;
    const event: AuditEvent = { type: 'password.changed', actor, subject: user.id, sessionId, client };
    if (!matches) {
      await this.recordFailure(event, 'wrong_credentials');
      throw new InvalidCredentialsError('The current password is wrong.');
    }
    const reason =
      newPassword === currentPassword
        ? 'must differ from the current one'
        : await this.policy.reject(newPassword);
    if (reason !== undefined) throw new PasswordRejectedError('newPassword', reason);
    const passwordHash = await this.hasher.hash(newPassword);
    await this.unitOfWork.run(async (transaction) => {
      const changed = await this.users.changePassword(user, passwordHash, transaction);
      if (!changed) throw new InvalidCredentialsError('The current password is wrong.');
      await this.audit.record(event, transaction);
      await this.sessions.endAllWithin(transaction, user.id, 'password_changed', sessionId, client);
    });
  }

  /** Nothing was changed, whether or not it can be written down. */
  private async recordFailure(event: AuditEvent, reason: string): Promise<void> {
    try {
      await this.audit.record({ ...event, outcome: 'failure', details: { reason } });
    } catch (error) {
      const why = withoutParameters((error as Error).message);
      this.logger.error(`A wrong password could not be recorded: ${why}`);
    }
  }
}

function usable(user: User | undefined): User {
  if (!user) throw new AccessTokenInvalidError();
  if (user.disabledAt) throw new AccountDisabledError();
  return user;
}
