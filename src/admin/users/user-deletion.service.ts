import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { AccountErasure } from '../../auth/account/account-erasure.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import { ADMIN_ROLE } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';
import { actingOf } from '../rights/caller.js';
import { HeldUsers, type WantedChange } from './held-users.js';

/** Other people's accounts, deleted over HTTP. */
@Injectable()
export class UserDeletionService {
  constructor(
    private readonly held: HeldUsers,
    private readonly accounts: UsersService,
    private readonly erasure: AccountErasure,
    private readonly revocations: RevocationService,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The user is gone, with sessions and mailed links; what the audit log says of them stays.
   * @throws NotFoundError, PreconditionFailedError, InsufficientScopeError, LastAdministratorError, NotSupportedError
   */
  async delete(wanted: WantedChange): Promise<void> {
    await this.unitOfWork.run(async (transaction) => {
      const { user, caller } = await this.held.hold(wanted, [ADMIN_ROLE], transaction);
      await this.accounts.delete(user.id, undefined, transaction);
      const event = { type: 'user.deleted', subject: user.id, ...actingOf(caller), details: {} } as const;
      await this.audit.record(event, transaction);
      await this.erasure.erase(user, caller.client, transaction, caller.principal.subject);
    });
    await this.revocations.revokeSubject(wanted.id);
  }
}
