import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { AddressQuota } from '../mails/address-quota.js';
import { LinkMails } from '../mails/link-mails.js';
import { CallerAccount } from '../reauthentication/caller-account.js';

/** Another link to verify the address. */
@Injectable()
export class VerificationMailService {
  constructor(
    private readonly account: CallerAccount,
    private readonly quota: AddressQuota,
    private readonly mails: LinkMails,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Sends nothing to who has verified the address already. */
  async resend(subject: string, client: ClientInfo): Promise<void> {
    const user = await this.account.find(subject);
    if (user.emailVerifiedAt) return;
    const mayMail = await this.quota.takeProof(user.email);
    await this.unitOfWork.run(async (transaction) => {
      if (mayMail) await this.mails.emailVerification(user, client, transaction);
      const actor = { kind: 'user', id: subject } as const;
      const type = 'email.verification_requested' as const;
      await this.audit.record({ type, actor, subject, client }, transaction);
    });
  }
}
