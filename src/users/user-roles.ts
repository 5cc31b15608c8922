import { NotSupportedError } from '../common/errors/latchkey-error.js';
import type { Transaction } from '../common/unit-of-work.js';
import type { Role } from './role.js';

/** What became of a role that was to be deleted. */
export type RoleDeletion = 'deleted' | 'in use' | 'unknown';

/**
 * What administration asks of a `UsersRepository` about roles. A repository whose roles are fixed leaves it out: the routes that
 * need it answer 501 `NOT_SUPPORTED` then.
 */
export abstract class UserRoles {
  /** All roles, in the order of their names. @throws NotSupportedError unless a repository overrides it */
  findRoles(_transaction?: Transaction): Promise<Role[]> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * @returns false if there is a role of that name
   * @throws NotSupportedError unless a repository overrides it
   */
  createRole(_role: Role, _transaction?: Transaction): Promise<boolean> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Finds a role, which stays as it is until the transaction's end unless it is changed there.
   * @returns undefined if there is none
   * @throws NotSupportedError unless a repository overrides it
   */
  holdRole(_name: string, _transaction: Transaction): Promise<Role | undefined> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Replaces what a role allows. @returns whether there is one of that name
   * @throws NotSupportedError unless a repository overrides it
   */
  changeRole(_role: Role, _transaction?: Transaction): Promise<boolean> {
    return Promise.reject(new NotSupportedError());
  }

  /** A role that no user has. @throws NotSupportedError unless a repository overrides it */
  deleteRole(_name: string, _transaction?: Transaction): Promise<RoleDeletion> {
    return Promise.reject(new NotSupportedError());
  }

  /** Ids of users who have the role, in any order. @throws NotSupportedError unless a repository overrides it */
  findHolders(_role: string, _limit: number): Promise<string[]> {
    return Promise.reject(new NotSupportedError());
  }
}
