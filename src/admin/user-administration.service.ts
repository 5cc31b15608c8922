import { Injectable } from '@nestjs/common';
import type { AuditDetails, AuditEventType } from '../audit/audit-event.js';
import { AuditSink } from '../audit/audit-sink.js';
import { AccountErasure } from '../auth/account/account-erasure.js';
import { type Transaction, UnitOfWork } from '../common/unit-of-work.js';
import { RevocationService } from '../tokens/revocation/revocation.service.js';
import type { User } from '../users/user.js';
import { UsersRepository } from '../users/users.repository.js';
import { UsersService } from '../users/users.service.js';
import { existing, noSuchUser } from './no-such-user.js';

/**
 * What operators change of other people's accounts. The account, its sessions and what the audit log says of it change
 * together, so that nothing new is given out; then access tokens die.
 */
@Injectable()
export class UserAdministrationService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: UsersService,
    private readonly erasure: AccountErasure,
    private readonly revocations: RevocationService,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The user cannot log in any more. Their sessions end, and links that were mailed to them, for good.
   * @throws NotFoundError
   */
  async disable(email: string): Promise<void> {
    const user = await this.find(email);
    await this.unitOfWork.run(async (transaction) => {
      if (!(await this.users.setDisabled(user.id, true, transaction))) throw noSuchUser();
      await this.record('user.disabled', user, transaction);
      await this.erasure.shutOut(user.id, 'account_disabled', transaction);
    });
    // By subject as well: a login that was under way may have opened a session after all were ended.
    await this.revocations.revokeSubject(user.id);
  }

  /** @throws NotFoundError */
  async enable(email: string): Promise<void> {
    const user = await this.find(email);
    await this.unitOfWork.run(async (transaction) => {
      if (!(await this.users.setDisabled(user.id, false, transaction))) throw noSuchUser();
      await this.record('user.enabled', user, transaction);
    });
  }

  /**
   * The user is gone, as if they had never been there; what the audit log says of them stays. They are not told.
   * @throws NotFoundError
   * @throws LastAdministratorError
   */
  async delete(email: string): Promise<void> {
    const user = await this.find(email);
    await this.unitOfWork.run(async (transaction) => {
      if (await this.accounts.delete(user.id, undefined, transaction))
        await this.record('user.deleted', user, transaction);
      await this.erasure.erase(user, null, transaction);
    });
    await this.revocations.revokeSubject(user.id);
  }

  /**
   * Access tokens with the roles of before die; the next refresh brings one with the new ones.
   * @throws NotFoundError if there is no such user
   * @throws UnknownRoleError
   */
  async grantRole(email: string, role: string): Promise<void> {
    const user = await this.find(email);
    await this.unitOfWork.run(async (transaction) => {
      if (!(await this.users.grantRole(user.id, role, transaction))) throw noSuchUser();
      await this.record('role.granted', user, transaction, { role });
    });
    await this.revocations.revokeSubject(user.id);
  }

  /**
   * As `grantRole`.
   * @throws NotFoundError if there is no such user
   * @throws UnknownRoleError, LastAdministratorError
   */
  async withdrawRole(email: string, role: string): Promise<void> {
    const user = await this.find(email);
    await this.unitOfWork.run(async (transaction) => {
      if (!(await this.users.withdrawRole(user.id, role, transaction))) throw noSuchUser();
      await this.record('role.withdrawn', user, transaction, { role });
    });
    await this.revocations.revokeSubject(user.id);
  }

  private async record(
    type: AuditEventType,
    { id }: User,
    transaction: Transaction,
    details: AuditDetails = {},
  ): Promise<void> {
    const event = { type, actor: { kind: 'operator' }, subject: id, client: null, details } as const;
    await this.audit.record(event, transaction);
  }

  private async find(email: string): Promise<User> {
    return existing(await this.users.findByEmail(email));
  }
}
