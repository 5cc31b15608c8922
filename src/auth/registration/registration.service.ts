import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { NewPassword } from '../passwords/new-password.js';

export interface Registration {
  readonly name: string | null;
  readonly email: string;
  readonly password: string;
}

@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly newPassword: NewPassword,
    private readonly mails: AccountMails,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Mails a link to verify the address. @throws PasswordRejectedError, EmailTakenError */
  async register({ name, email, password }: Registration, client: ClientInfo): Promise<User> {
    // Whether the address is free is decided by the insertion.
    const passwordHash = await this.newPassword.hash(password, { name, email }, client.gone);
    return this.unitOfWork.run(async (transaction) => {
      const user = await this.users.register({ name, email, passwordHash }, transaction);
      await this.mails.emailVerification(user, client, transaction);
      const actor = { kind: 'user', id: user.id } as const;
      await this.audit.record({ type: 'user.registered', actor, subject: user.id, client }, transaction);
      return user;
    });
  }
}
