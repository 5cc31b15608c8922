import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { Transaction } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { type AdministeringCaller, actingOf } from '../rights/caller.js';
import { requireAssignable } from '../rights/reach.js';

/** Which roles a user has. */
@Injectable()
export class RoleAssignments {
  constructor(
    private readonly users: UsersRepository,
    private readonly audit: AuditSink,
  ) {}

  /**
   * The user has these roles then, and no others.
   * @param user held, as all roles are
   * @param caller undefined: an operator
   * @throws InsufficientScopeError if the caller may not give or take away one that changes
   * @throws InvalidFieldsError if there is no such role; LastAdministratorError
   */
  async assign(
    user: User,
    wanted: readonly string[],
    caller: AdministeringCaller | undefined,
    transaction: Transaction,
  ): Promise<void> {
    const granted = [...new Set(wanted)].filter((role) => !user.roles.includes(role));
    const withdrawn = user.roles.filter((role) => !wanted.includes(role));
    const roles = await this.users.findRoles(transaction);
    for (const name of [...granted, ...withdrawn]) {
      const role = roles.find((each) => each.name === name);
      if (!role) throw new InvalidFieldsError([{ field: 'roles', message: 'roles must be names of roles' }]);
      if (caller) requireAssignable(caller.principal, role, user);
    }
    const acting = { subject: user.id, ...actingOf(caller) };
    for (const role of granted) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in one transaction, in order
      await this.users.grantRole(user.id, role, transaction);
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      await this.audit.record({ type: 'role.granted', ...acting, details: { role } }, transaction);
    }
    for (const role of withdrawn) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      await this.users.withdrawRole(user.id, role, transaction);
      // oxlint-disable-next-line eslint/no-await-in-loop -- the same
      await this.audit.record({ type: 'role.withdrawn', ...acting, details: { role } }, transaction);
    }
  }
}
