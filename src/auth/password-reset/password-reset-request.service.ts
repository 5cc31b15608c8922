import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { hasPassword } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { AddressQuota } from '../mails/address-quota.js';
import { LinkMails } from '../mails/link-mails.js';

/** Links to set a new password, mailed to who lost theirs. */
@Injectable()
export class PasswordResetRequestService {
  constructor(
    private readonly users: UsersRepository,
    private readonly quota: AddressQuota,
    private readonly mails: LinkMails,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Whether there is such an account, which is not disabled, and where its password is kept, shows in nothing, time included. */
  async forgot(email: string, client: ClientInfo): Promise<void> {
    const user = await this.users.findByEmail(email);
    // Of who has proved the address the account's own interval is enough: no one can make it anew.
    const mayMail = (await this.quota.takeReset(email)) || user?.emailVerifiedAt;
    await this.unitOfWork.run(async (transaction) => {
      if (!user || user.disabledAt || !mayMail)
        await this.mails.pretendPasswordReset(email, client, transaction);
      else if (hasPassword(user)) await this.mails.passwordReset(user, client, transaction);
      else await this.mails.passwordKeptElsewhere(user, client, transaction);
      const event = this.identifiers.eventOf('password.reset_requested', email, user, client);
      await this.audit.record(event, transaction);
    });
  }
}
