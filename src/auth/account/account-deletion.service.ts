import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { ConflictError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { UsersService } from '../../users/users.service.js';
import { AccountNotices } from '../mails/account-notices.js';
import { CallerAccount } from '../reauthentication/caller-account.js';
import { eventOf } from '../reauthentication/password-confirmation.js';
import { AccountErasure } from './account-erasure.js';

/** A user's own account, erased (GDPR art. 17). */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersService,
    private readonly erasure: AccountErasure,
    private readonly notices: AccountNotices,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The account with all that goes with it, and a last mail to its address if that is proved; its access tokens die.
   * @throws InvalidCredentialsError if the password is wrong; ConflictError if the account was deleted, or the password
   *   changed, at the same time
   * @throws LastAdministratorError
   */
  async delete(caller: Principal, password: string, client: ClientInfo): Promise<void> {
    const wanted = { type: 'user.deleted', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, password);
    await this.unitOfWork.run(async (transaction) => {
      const deleted = await this.users.delete(user.id, user.passwordHash, transaction);
      if (!deleted)
        throw new ConflictError(
          'The account was deleted, or its password changed, by another request just now.',
        );
      await this.audit.record(eventOf(wanted), transaction);
      await this.erasure.erase(user, client, transaction);
      // Another's address would be told of each account that a stranger makes with it.
      if (user.emailVerifiedAt) await this.notices.accountDeleted(user, client, transaction);
    });
  }
}
