import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { KnownDevices } from '../../tokens/devices/known-devices.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidCredentialsError } from '../login/login.errors.js';
import { eventOf } from './reauthentication.js';
import { AccountExportModel } from './account-export.model.js';
import { OwnAccount } from './own-account.service.js';

/** A user's own data as a whole: taken along (GDPR art. 15 and 20), or erased (art. 17). */
@Injectable()
export class AccountDataService {
  constructor(
    private readonly account: OwnAccount,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokens,
    private readonly devices: KnownDevices,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async export(caller: Principal, client: ClientInfo): Promise<AccountExportModel> {
    const { subject, sessionId } = caller;
    const user = await this.account.find(subject);
    const sessions = await this.sessions.listOpen(subject);
    const tokens = await this.tokens.pending(subject);
    await this.audit.record(eventOf({ type: 'user.exported', caller, client }));
    return AccountExportModel.of(this.clock.now(), user, sessions, sessionId, tokens);
  }

  /**
   * The account with its sessions and mailed links; its access tokens die.
   * @throws InvalidCredentialsError if the password is wrong, or was changed just now
   * @throws LastAdministratorError
   */
  async delete(caller: Principal, password: string, client: ClientInfo): Promise<void> {
    const wanted = { type: 'user.deleted', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, password);
    await this.unitOfWork.run(async (transaction) => {
      const deleted = await this.users.deleteOwn(user, transaction);
      if (!deleted) throw new InvalidCredentialsError('The password is wrong.');
      await this.tokens.end(user.id, transaction);
      await this.devices.forget(user.id, transaction);
      await this.audit.record(eventOf(wanted), transaction);
      await this.sessions.endAllWithin(transaction, user.id, 'account_deleted', undefined, client);
    });
  }
}
