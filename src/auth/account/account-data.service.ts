import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidCredentialsError } from '../sign-in/invalid-credentials.error.js';
import { eventOf } from '../reauthentication/password-confirmation.js';
import { AccountMails } from '../mails/account-mails.js';
import { AccountErasure } from './account-erasure.js';
import { AccountExportModel } from './account-export.model.js';
import { CallerAccount } from '../reauthentication/caller-account.js';

/** Past sessions, and events: of older ones the answer says where they are. */
const EXPORTED_AT_MOST = 1000;

/** A user's own data as a whole: taken along (GDPR art. 15 and 20), or erased (art. 17). */
@Injectable()
export class AccountDataService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly devices: DeviceHistory,
    private readonly mails: AccountMails,
    private readonly erasure: AccountErasure,
    private readonly log: AuditLog,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async export(caller: Principal, client: ClientInfo): Promise<AccountExportModel> {
    const { subject, sessionId } = caller;
    const user = await this.account.find(subject);
    const sessions = await this.sessions.listOpen(subject);
    const held = {
      sessions: [...sessions, ...(await this.sessions.listPast(subject, EXPORTED_AT_MOST))],
      tokens: await this.tokens.pending(subject),
      devices: await this.devices.list(subject),
      audit: await this.log.find({ concerning: subject, limit: EXPORTED_AT_MOST }),
    };
    await this.audit.record(eventOf({ type: 'user.exported', caller, client }));
    return AccountExportModel.of(this.clock.now(), user, sessionId, held);
  }

  /**
   * The account with all that goes with it, and a last mail to its address; its access tokens die.
   * @throws InvalidCredentialsError if the password is wrong, or was changed just now
   * @throws LastAdministratorError
   */
  async delete(caller: Principal, password: string, client: ClientInfo): Promise<void> {
    const wanted = { type: 'user.deleted', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, password);
    await this.unitOfWork.run(async (transaction) => {
      const deleted = await this.users.deleteOwn(user, transaction);
      if (!deleted) throw new InvalidCredentialsError('The password is wrong.');
      await this.audit.record(eventOf(wanted), transaction);
      await this.erasure.erase(user, client, transaction);
      await this.mails.accountDeleted(user, client, transaction);
    });
  }
}
