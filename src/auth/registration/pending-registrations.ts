import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { UsersRepository } from '../../users/users.repository.js';
import { LinkMails } from '../mails/link-mails.js';
import { NewPassword } from '../passwords/new-password.js';
import type { AskedRegistration } from './open-registration.js';

/** Registrations that wait for the proof of their address, so that no one can find out who has an account (`REGISTRATION=verify-first`). */
@Injectable()
export class PendingRegistrations {
  constructor(
    private readonly users: UsersRepository,
    private readonly mails: LinkMails,
    private readonly newPassword: NewPassword,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Mails a link to an address without account, and a notice to one with; no difference shows, time included.
   * @throws PasswordRejectedError
   */
  async request(
    { name, email, password, fields, ...asked }: AskedRegistration,
    client: ClientInfo,
  ): Promise<void> {
    const passwordHash = await this.newPassword.hash(password, { name, email }, client.gone);
    const mayMail = await asked.mayMail();
    const user = await this.users.findByEmail(email);
    await this.unitOfWork.run(async (transaction) => {
      if (mayMail && user) await this.mails.accountExists(user, client, transaction);
      else if (mayMail)
        await this.mails.registration({ name, email, passwordHash, fields }, client, transaction);
      const event = this.identifiers.eventOf('registration.requested', email, user, client);
      await this.audit.record(event, transaction);
    });
  }
}
