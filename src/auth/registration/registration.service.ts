import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { PasswordPolicy, PasswordRejectedError } from '../passwords/password-policy.js';

export interface Registration {
  readonly name: string | null;
  readonly email: string;
  readonly password: string;
}

@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly mails: AccountMails,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Mails a link to verify the address. @throws PasswordRejectedError, EmailTakenError */
  async register({ name, email, password }: Registration, client: ClientInfo): Promise<User> {
    const reason = await this.policy.reject(password, { name, email });
    if (reason !== undefined) throw new PasswordRejectedError('password', reason);
    // Only spares the hashing; whether the address is free is decided by the insertion.
    if (await this.users.findByEmail(email)) throw new EmailTakenError();
    const passwordHash = await this.hasher.hash(password);
    return this.unitOfWork.run(async (transaction) => {
      const user = await this.users.register({ name, email, passwordHash }, transaction);
      await this.mails.emailVerification(user, client, transaction);
      const actor = { kind: 'user', id: user.id } as const;
      await this.audit.record({ type: 'user.registered', actor, subject: user.id, client }, transaction);
      return user;
    });
  }
}
