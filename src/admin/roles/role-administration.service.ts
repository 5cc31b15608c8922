import { Injectable } from '@nestjs/common';
import type { AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import type { Role } from '../../users/role.js';
import { ADMIN_ROLE, USER_ROLE } from '../../users/user.js';
import {
  RoleInUseError,
  RoleProtectedError,
  RoleTakenError,
  UnknownRoleError,
} from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { type AdministeringCaller, actingOf } from '../rights/caller.js';
import { PresentRights } from '../rights/present-rights.js';
import { isAdministrative, requireNamed, requireNoMore, requireScopes } from '../rights/reach.js';
import { HolderTokens } from './holder-tokens.js';

/** What a role is changed to; a description that is left out stays. */
export interface RoleChange {
  readonly scopes: readonly string[];
  readonly description?: string;
}

/**
 * Roles, and what they allow. A caller over HTTP makes, changes and deletes none that allows more than they may themselves, in the
 * moment of the change; without a caller it is an operator's, who may.
 */
@Injectable()
export class RoleAdministrationService {
  constructor(
    private readonly users: UsersRepository,
    private readonly rights: PresentRights,
    private readonly holders: HolderTokens,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** In the order of their names. @throws NotSupportedError */
  async list(): Promise<Role[]> {
    return this.users.findRoles();
  }

  /** @throws RoleTakenError, InsufficientScopeError, NotSupportedError */
  async create(role: Role, caller?: AdministeringCaller): Promise<Role> {
    const made = { ...role, scopes: role.scopes.toSorted() };
    await this.unitOfWork.run(async (transaction) => {
      await this.require(role.scopes, caller, transaction);
      if (!(await this.users.createRole(made, transaction))) throw new RoleTakenError();
      await this.record('role.created', role.name, caller, transaction);
    });
    return made;
  }

  /**
   * Access tokens of who has the role die: the next refresh brings what it allows now.
   * @throws UnknownRoleError, RoleProtectedError, InsufficientScopeError, NotSupportedError
   */
  async set(name: string, { scopes, description }: RoleChange, caller?: AdministeringCaller): Promise<Role> {
    const isForAll = name === USER_ROLE;
    if (name === ADMIN_ROLE || (isForAll && scopes.some(isAdministrative))) throw new RoleProtectedError();
    const role = await this.unitOfWork.run(async (transaction) => {
      const before = await this.hold(name, transaction);
      const now = await this.require([...before.scopes, ...scopes], caller, transaction);
      if (now) requireNamed(now.principal, before);
      const added = scopes.filter((scope) => !before.scopes.includes(scope));
      // Whoever has the role would give it to themselves.
      if (now?.principal.roles.includes(name)) requireScopes(now.principal, added);
      const after = { name, scopes: scopes.toSorted(), description: description ?? before.description };
      await this.users.changeRole(after, transaction);
      await this.record('role.changed', name, caller, transaction);
      return after;
    });
    await this.holders.revoke(name);
    return role;
  }

  /** @throws UnknownRoleError, RoleProtectedError, RoleInUseError, InsufficientScopeError, NotSupportedError */
  async delete(name: string, caller?: AdministeringCaller): Promise<void> {
    if (name === ADMIN_ROLE || name === USER_ROLE) throw new RoleProtectedError();
    await this.unitOfWork.run(async (transaction) => {
      const held = await this.hold(name, transaction);
      const now = await this.require(held.scopes, caller, transaction);
      if (now) requireNamed(now.principal, held);
      if ((await this.users.deleteRole(name, transaction)) === 'in use') throw new RoleInUseError();
      await this.record('role.deleted', name, caller, transaction);
    });
  }

  /** A name may be any text, which a database would refuse to compare: only those that there are get there. */
  private async hold(name: string, transaction: Transaction): Promise<Role> {
    const isKnown = (await this.users.findRoles(transaction)).some((role) => role.name === name);
    const held = isKnown ? await this.users.holdRole(name, transaction) : undefined;
    if (!held) throw new UnknownRoleError();
    return held;
  }

  /** @returns the caller with the rights of this moment */
  private async require(
    scopes: readonly string[],
    caller: AdministeringCaller | undefined,
    transaction: Transaction,
  ): Promise<AdministeringCaller | undefined> {
    const now = caller && (await this.rights.of(caller, transaction));
    if (now) {
      requireScopes(now.principal, ['roles:write']);
      requireNoMore(now.principal, scopes);
    }
    return now;
  }

  private async record(
    type: AuditEventType,
    role: string,
    caller: AdministeringCaller | undefined,
    transaction: Transaction,
  ): Promise<void> {
    await this.audit.record({ type, subject: null, ...actingOf(caller), details: { role } }, transaction);
  }
}
