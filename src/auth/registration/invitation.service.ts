import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RegistrationConfig } from '../../config/slices.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.service.js';
import { emailKey, type User } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { AccountMails } from '../mails/account-mails.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';
import { RegistrationClosedError } from './registration.errors.js';

/** What an administrator has written down. */
export interface Invitation {
  readonly name: string | null;
  readonly email: string;
}

/** Accounts for whom an administrator has asked in: the mailed link sets their password. */
@Injectable()
export class Invitations {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly audit: AuditSink,
    private readonly config: RegistrationConfig,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * A second invitation ends the first.
   * @throws EmailTakenError
   * @throws RegistrationClosedError with `REGISTRATION=closed`
   */
  async invite(invitation: Invitation, { subject: id }: Principal, client: ClientInfo): Promise<void> {
    if (this.config.mode === 'closed') throw new RegistrationClosedError('Nobody can be invited here.');
    if (await this.users.findByEmail(invitation.email)) throw new EmailTakenError();
    await this.unitOfWork.run(async (transaction) => {
      await this.mails.invitation(invitation, client, transaction);
      const actor = { kind: 'user', id } as const;
      await this.audit.record({ type: 'user.invited', actor, subject: null, client }, transaction);
    });
  }

  /**
   * @param name in place of the invitation's
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws PasswordRejectedError, and the token stays good
   */
  async accept(token: string, password: string, name: string | null, client: ClientInfo): Promise<User> {
    const found = await this.tokens.find('invitation', token);
    if (!found || this.config.mode === 'closed') throw new OneTimeTokenInvalidError();
    const invitation = found.payload as unknown as Invitation;
    const { email } = invitation;
    const wish = { email, name: name ?? invitation.name };
    const reason = await this.policy.reject(password, wish);
    if (reason !== undefined) throw new PasswordRejectedError('password', reason);
    const passwordHash = await this.hasher.hash(password);
    return this.unitOfWork.run(async (transaction) => {
      await this.tokens.use(found, emailKey(email), transaction);
      try {
        const user = await this.users.registerVerified({ ...wish, passwordHash }, transaction);
        const actor = { kind: 'user', id: user.id } as const;
        await this.audit.record(
          { type: 'invitation.accepted', actor, subject: user.id, client },
          transaction,
        );
        return user;
      } catch (error) {
        throw error instanceof EmailTakenError ? new OneTimeTokenInvalidError() : error;
      }
    });
  }
}
