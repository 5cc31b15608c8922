import { Injectable } from '@nestjs/common';
import { OwnFields } from '../../auth/fields/own-fields.js';
import type { Transaction } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { existingUser } from '../no-such-user.js';
import type { AdministeringCaller } from '../rights/caller.js';
import { PresentRights } from '../rights/present-rights.js';
import { requireReach, requireScopes } from '../rights/reach.js';
import { AdminUserModel } from './admin-user.model.js';
import { versionOf } from './user-version.js';
import type { VersionCondition } from './version-condition.js';

/** A user who is held, and who changes them, with the rights of that moment. */
export interface HeldUser {
  readonly user: User;
  readonly caller: AdministeringCaller;
}

/** Who asks for a change, and of what. */
export interface WantedChange {
  /** Id of the user. */
  readonly id: string;
  readonly acting: AdministeringCaller;
  /** What the caller must have for it. */
  readonly scopes: readonly string[];
  readonly version: VersionCondition;
}

/** Users who are about to be changed: held first, so that neither they nor the caller's rights are others than those compared. */
@Injectable()
export class HeldUsers {
  constructor(
    private readonly users: UsersRepository,
    private readonly own: OwnFields,
    private readonly rights: PresentRights,
  ) {}

  /**
   * Until the transaction's end nothing else changes the user, or who has one of the roles.
   * @param roles `all`, or their names
   * @throws NotFoundError, InsufficientScopeError, PreconditionFailedError, NotSupportedError
   */
  async hold(
    wanted: WantedChange,
    roles: 'all' | readonly string[],
    transaction: Transaction,
  ): Promise<HeldUser> {
    const held = await this.reach(wanted, roles, transaction);
    wanted.version.require(versionOf(await this.seen(held.user, transaction)));
    return held;
  }

  /** The same, whatever version of the user it is. @throws NotFoundError, InsufficientScopeError, NotSupportedError */
  async reach(
    { id, acting, scopes }: Omit<WantedChange, 'version'>,
    roles: 'all' | readonly string[],
    transaction: Transaction,
  ): Promise<HeldUser> {
    const names = roles === 'all' ? await this.roleNames(transaction) : roles;
    const user = existingUser(await this.users.hold(id, names, transaction));
    const caller = await this.rights.of(acting, transaction);
    requireScopes(caller.principal, scopes);
    requireReach(caller.principal, user);
    return { user, caller };
  }

  /** As they are then. @throws NotFoundError */
  async changed(id: string, transaction: Transaction): Promise<AdminUserModel> {
    return this.seen(existingUser(await this.users.findWithin(id, transaction)), transaction);
  }

  private async seen(user: User, transaction: Transaction): Promise<AdminUserModel> {
    return AdminUserModel.of(user, await this.own.of(user, transaction));
  }

  private async roleNames(transaction: Transaction): Promise<string[]> {
    return (await this.users.findRoles(transaction)).map(({ name }) => name);
  }
}
