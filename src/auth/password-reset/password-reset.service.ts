import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { AccountThrottle } from '../../throttling/account/account-throttle.js';
import { emailKey, type User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { resetBindingOf } from '../mails/reset-binding.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';

/** The language of who asks is not that of who reads it. */
const TO_SOMEBODY_ELSE: ClientInfo = { ip: null, userAgent: null, language: null, requestId: null };

/** A new password for who lost theirs, by a link to their address. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly sessions: SessionsService,
    private readonly mails: AccountMails,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly throttle: AccountThrottle,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Whether there is such an account, which is not disabled, is told apart by nothing, time included. */
  async forgot(email: string, client: ClientInfo): Promise<void> {
    const user = await this.users.findByEmail(email);
    await this.unitOfWork.run(async (transaction) => {
      if (user && !user.disabledAt) await this.mails.passwordReset(user, client, transaction);
      else await this.mails.pretendPasswordReset(email, client, transaction);
      const event = this.identifiers.eventOf('password.reset_requested', email, user, client);
      await this.audit.record(event, transaction);
    });
  }

  /**
   * Somebody who operates the service has it begin: the user alone is mailed the link, and nobody else ever sees it.
   * @param by id of the administrator who does; undefined: an operator
   * @throws AccountDisabledError
   */
  async startFor(user: User, client: ClientInfo | null = null, by?: string): Promise<void> {
    if (user.disabledAt) throw new AccountDisabledError();
    await this.unitOfWork.run(async (transaction) => {
      await this.mails.passwordReset(user, TO_SOMEBODY_ELSE, transaction);
      const actor: Actor = by === undefined ? { kind: 'operator' } : { kind: 'user', id: by };
      const event = { type: 'password.reset_requested', actor, subject: user.id, client } as const;
      await this.audit.record(event, transaction);
      await this.sessions.endAllWithin(transaction, user.id, 'ended_by_admin', undefined, client, by);
    });
  }

  /**
   * Ends all sessions of the user, and everything else that was mailed to them.
   * @throws OneTimeTokenInvalidError
   * @throws PasswordRejectedError, and the token stays good
   */
  async reset(token: string, password: string, client: ClientInfo): Promise<void> {
    const found = await this.tokens.find('password-reset', token);
    // Asked for in any case, so that the time does not tell why a token is refused.
    const user = await this.users.findById(found?.subject ?? randomUUID());
    if (!found || !user || user.disabledAt || found.binding !== resetBindingOf(user)) {
      throw new OneTimeTokenInvalidError();
    }
    const reason = await this.policy.reject(password, user);
    if (reason !== undefined) throw new PasswordRejectedError('password', reason);
    const passwordHash = await this.hasher.hash(password);
    await this.unitOfWork.run(async (transaction) => {
      // The user first, as everywhere: whoever changes the same account waits here, and not for each other later on.
      const reset = await this.users.resetPassword(user, passwordHash, transaction);
      if (!reset) throw new OneTimeTokenInvalidError();
      await this.tokens.use(found, resetBindingOf(user), transaction);
      await this.tokens.end(user.id, transaction);
      await this.mails.passwordChanged(user, client, transaction);
      const actor = { kind: 'user', id: user.id } as const;
      await this.audit.record({ type: 'password.reset', actor, subject: user.id, client }, transaction);
      await this.sessions.endAllWithin(transaction, user.id, 'password_reset', undefined, client);
      // Whoever guessed the old one guesses another now.
      const guessed = { kind: 'account', id: emailKey(user.email) } as const;
      transaction.afterCommit(() => this.throttle.forget(guessed));
    });
  }
}
