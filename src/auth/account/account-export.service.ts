import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../common/principal.js';
import { OwnFields } from '../fields/own-fields.js';
import { CallerAccount } from '../reauthentication/caller-account.js';
import { eventOf } from '../reauthentication/password-confirmation.js';
import { SessionClients } from '../session/session-clients.js';
import { AccountExportModel } from './account-export.model.js';
import { AccountRecords } from './account-records.js';

/** A user's own data as a whole, to take along (GDPR art. 15 and 20). */
@Injectable()
export class AccountExportService {
  constructor(
    private readonly account: CallerAccount,
    private readonly records: AccountRecords,
    private readonly fields: OwnFields,
    private readonly clients: SessionClients,
    private readonly audit: AuditSink,
    private readonly clock: Clock,
  ) {}

  /** @throws AccessTokenInvalidError if the account is gone; AccountDisabledError */
  async export(caller: Principal, client: ClientInfo): Promise<AccountExportModel> {
    const { subject, sessionId } = caller;
    const user = await this.account.find(subject);
    const held = await this.records.find(subject);
    await this.audit.record(eventOf({ type: 'user.exported', caller, client }));
    const [fields, names] = await Promise.all([this.fields.of(user), this.clients.namesOf(held.sessions)]);
    return AccountExportModel.of(this.clock.now(), user, fields, sessionId, names, held);
  }
}
