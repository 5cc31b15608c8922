import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RegistrationConfig } from '../../config/slices.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import type { User } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { NewPassword } from '../passwords/new-password.js';
import { VerifiedRegistration } from './verified-registration.js';
import { RegistrationClosedError } from './registration.errors.js';
import type { Registration } from './registration.service.js';

/** What was asked for, by whoever it was, until the address is proved: there is no account before. */
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
    private readonly newPassword: NewPassword,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly accounts: VerifiedRegistration,
    private readonly config: RegistrationConfig,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Mails a link to an address without account, and a notice to one with; told apart by nothing, time included.
   * @throws PasswordRejectedError
   */
  async request({ name, email, password }: Registration, client: ClientInfo): Promise<void> {
    const passwordHash = await this.newPassword.hash(password, { name, email });
    const user = await this.users.findByEmail(email);
    await this.unitOfWork.run(async (transaction) => {
      if (user) await this.mails.accountExists(user, client, transaction);
      else await this.mails.registration({ name, email, passwordHash }, client, transaction);
      const event = this.identifiers.eventOf('registration.requested', email, user, client);
      await this.audit.record(event, transaction);
    });
  }

  /**
   * Makes the account, for whoever reads the mail: with the password that they give now. Somebody who registers another's
   * address so neither chooses the password of the account that its owner confirms, nor keeps them from confirming it.
   * @param name in place of the one that was registered, which counts only for who knows the password of then
   * @throws RegistrationClosedError if nobody may register by themselves any more
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws PasswordRejectedError, and the token stays good
   */
  async confirm(token: string, password: string, name: string | null, client: ClientInfo): Promise<User> {
    const { mode } = this.config;
    if (mode === 'invite-only' || mode === 'closed') throw new RegistrationClosedError();
    const found = await this.tokens.find('registration', token);
    if (!found) throw new OneTimeTokenInvalidError();
    const asked = found.payload as unknown as Wish;
    const { matches } = await this.hasher.verify(password, asked.passwordHash);
    const wish = { email: asked.email, name: name ?? (matches ? asked.name : null) };
    const passwordHash = matches ? asked.passwordHash : await this.newPassword.hash(password, wish);
    return this.accounts.create(found, { ...wish, passwordHash }, 'user.registered', client);
  }
}
