import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.service.js';
import { emailKey, type User } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidCredentialsError } from '../login/login.errors.js';
import { AccountMails } from '../mails/account-mails.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';
import type { Registration } from './registration.service.js';

/** What was asked for, until the address is proved: there is no account before. */
interface Wish {
  readonly name: string | null;
  readonly email: string;
  readonly passwordHash: string;
}

/** Accounts that begin with the proof of their address, so that nobody can find out who has one (`REGISTRATION=verify-first`). */
@Injectable()
export class PendingRegistrations {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Mails a link to an address without account, and a notice to one with; told apart by nothing, time included.
   * @throws PasswordRejectedError
   */
  async request({ name, email, password }: Registration, client: ClientInfo): Promise<void> {
    const reason = await this.policy.reject(password, { name, email });
    if (reason !== undefined) throw new PasswordRejectedError('password', reason);
    const user = await this.users.findByEmail(email);
    const passwordHash = await this.hasher.hash(password);
    await this.unitOfWork.run(async (transaction) => {
      if (user) await this.mails.accountExists(user, client, transaction);
      else await this.mails.registration({ name, email, passwordHash }, client, transaction);
      const event = this.identifiers.eventOf('registration.requested', email, user, client);
      await this.audit.record(event, transaction);
    });
  }

  /**
   * Makes the account. Who reads the mail must also know the password that was asked for: somebody who registers another's
   * address would else choose the password of the account that its owner confirms.
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws InvalidCredentialsError if the password is another one; the token stays good
   */
  async confirm(token: string, password: string, client: ClientInfo): Promise<User> {
    const found = await this.tokens.find('registration', token);
    if (!found) throw new OneTimeTokenInvalidError();
    const { name, email, passwordHash } = found.payload as unknown as Wish;
    const { matches } = await this.hasher.verify(password, passwordHash);
    if (!matches) throw new InvalidCredentialsError('The password is not the one that was registered.');
    return this.unitOfWork.run(async (transaction) => {
      await this.tokens.use(found, emailKey(email), transaction);
      try {
        const user = await this.users.registerVerified({ name, email, passwordHash }, transaction);
        const actor = { kind: 'user', id: user.id } as const;
        await this.audit.record({ type: 'user.registered', actor, subject: user.id, client }, transaction);
        return user;
      } catch (error) {
        throw error instanceof EmailTakenError ? new OneTimeTokenInvalidError() : error;
      }
    });
  }
}
