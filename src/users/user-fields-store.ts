import type { Transaction, Write } from '../common/unit-of-work.js';
import type { UserFieldValues } from './fields/user-field.js';
import type { User } from './user.js';
import type { AttributePage, AttributeRule } from './users.repository.js';

/** A user, and what there is in a team's own fields. */
export interface UserWithFields {
  readonly user: User;
  /** By name; fields in which there is nothing may be missing. */
  readonly values: UserFieldValues;
}

/**
 * Where a team's own fields of users are kept. The default keeps them in `User.attributes`; `UserFieldsTable` in the columns
 * of a table. What is written is written in the transaction that writes the user: both are there, or neither.
 */
export abstract class UserFieldsStore {
  /**
   * What of the values, those of a new account or those that change, is kept in `User.attributes`, and written with the user. By
   * default nothing.
   */
  attributesOf(_values: UserFieldValues): UserFieldValues {
    return {};
  }

  /**
   * What the user has, by name. Others may be among it; fields in which there is nothing may be missing.
   * @param transaction in which it is read, if there is one
   */
  abstract find(user: User, transaction?: Transaction): Promise<UserFieldValues>;

  /**
   * Writes what a new account begins with; its user is written before.
   * @throws FieldTakenError if another user has the value of a field that is unique, also when two race
   */
  abstract create(id: string, values: UserFieldValues, transaction: Transaction): Promise<void>;

  /** `create`, to be done together with others. @returns undefined if there is nothing to write */
  creating(id: string, values: UserFieldValues): Write | undefined {
    return { within: (transaction) => this.create(id, values, transaction) };
  }

  /**
   * Writes the fields that are named; null takes one back. The others stay. The user is there, and held until the end.
   * @throws FieldTakenError as `create`
   */
  abstract change(id: string, changes: UserFieldValues, transaction: Transaction): Promise<void>;

  /** Takes away what there is of a user, who was deleted before, in the same transaction. */
  abstract erase(id: string, transaction: Transaction): Promise<void>;

  /** The users who have this value, compared exactly, in a field that is searchable; in the order of their ids. */
  abstract findUsers(
    name: string,
    value: string | number | boolean,
    page: AttributePage,
  ): Promise<readonly UserWithFields[]>;

  /**
   * Called when an application starts that declares fields: from now on these can be looked up, and of each that is unique
   * no two users have the same value.
   * @throws AttributeNotUniqueError if users share a value of one
   * @throws UserFieldsUnusableError if the fields cannot be kept so
   */
  abstract prepare(rules: readonly AttributeRule[]): Promise<void>;
}
