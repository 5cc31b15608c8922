import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { LoginAttempts } from '../../auth/login/login-attempts.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { actingOf } from '../rights/caller.js';
import { HeldUsers, type WantedChange } from './held-users.js';

/** Lets users try passwords again who have to wait after wrong ones. */
@Injectable()
export class UserUnlockService {
  constructor(
    private readonly held: HeldUsers,
    private readonly attempts: LoginAttempts,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws NotFoundError, PreconditionFailedError, InsufficientScopeError, NotSupportedError */
  async unlock(wanted: WantedChange): Promise<void> {
    await this.unitOfWork.run(async (transaction) => {
      const { user, caller } = await this.held.hold(wanted, [], transaction);
      const event = { type: 'user.unlocked', subject: user.id, ...actingOf(caller), details: {} } as const;
      await this.audit.record(event, transaction);
      transaction.afterCommit(() => this.attempts.forget(user.email));
    });
  }
}
