import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { CallerAccount } from '../reauthentication/caller-account.js';
import { eventOf } from '../reauthentication/password-confirmation.js';
import { AddressQuota } from '../mails/address-quota.js';
import { LinkMails } from '../mails/link-mails.js';

/** Another address, once its owner has confirmed it. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly account: CallerAccount,
    private readonly quota: AddressQuota,
    private readonly mails: LinkMails,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Whether someone has the address already is not asked: only who reads its mail gets to know, at the confirmation.
   * @throws InvalidCredentialsError if the password is wrong
   */
  async request(caller: Principal, email: string, password: string, client: ClientInfo): Promise<void> {
    const wanted = { type: 'email.change_requested', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, password);
    const mayMail = await this.quota.takeProof(email);
    await this.unitOfWork.run(async (transaction) => {
      if (mayMail) await this.mails.emailChange(user, email, caller.sessionId, client, transaction);
      const details = this.identifiers.ofChange(user.email, email);
      await this.audit.record({ ...eventOf(wanted), details }, transaction);
    });
  }
}
