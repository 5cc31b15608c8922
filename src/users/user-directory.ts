import { NotSupportedError } from '../common/errors/latchkey-error.js';
import type { Transaction, Write } from '../common/unit-of-work.js';
import type { User } from './user.js';
import type { UserList, UserListQuery } from './user-list.js';
import { UserRoles } from './user-roles.js';

/**
 * What administration asks of a `UsersRepository` beyond what logging in needs. A repository that cannot do it leaves it out: the
 * routes that need it answer 501 `NOT_SUPPORTED` then.
 */
export abstract class UserDirectory extends UserRoles {
  /** A page of the users there are. @throws NotSupportedError unless a repository overrides it */
  list(_query: UserListQuery): Promise<UserList> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Finds the user as they are now, and lets nothing else change them, or who has one of the roles, until the transaction's end.
   * Roles are locked first, so that no two transactions wait for each other.
   * @param _roles names of those that may be granted or withdrawn; those that there are not count for nothing
   * @returns undefined if there is no such user
   * @throws NotSupportedError unless a repository overrides it
   */
  hold(_id: string, _roles: readonly string[], _transaction: Transaction): Promise<User | undefined> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Finds a user as the transaction sees them, and holds no one.
   * @throws NotSupportedError unless a repository overrides it
   */
  findWithin(_id: string, _transaction: Transaction): Promise<User | undefined> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Replaces the address, without proof by its owner.
   * @returns the user as they are then; undefined if there is none
   * @throws EmailTakenError also when two race for one address
   * @throws NotSupportedError unless a repository overrides it
   */
  setEmail(
    _id: string,
    _email: string,
    _verified: boolean,
    _transaction?: Transaction,
  ): Promise<User | undefined> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Says whether the address counts as proved; when it first did stays.
   * @returns the user as they are then; undefined if there is none
   * @throws NotSupportedError unless a repository overrides it
   */
  setEmailVerified(_id: string, _verified: boolean, _transaction?: Transaction): Promise<User | undefined> {
    return Promise.reject(new NotSupportedError());
  }

  /**
   * Finds the user as they are now, unless they are disabled or have another password than `user`; neither comes about
   * before what is written with it is.
   * @returns undefined where that cannot be said: nowhere, unless a repository overrides it
   */
  holding(_user: User): Write<User | undefined> | undefined {
    return undefined;
  }

  /**
   * `holding`, of a user who is logging in: remembers when they last did (`User.lastLoginAt`) where a repository does.
   * @returns as `holding`, which stands in for it
   */
  loggingIn(user: User): Write<User | undefined> | undefined {
    return this.holding(user);
  }
}
