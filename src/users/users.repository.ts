import type { Transaction, Write } from '../common/unit-of-work.js';
import type { SqlReading } from '../database/sql-reading.js';
import type { NewUser, PasswordReplacement, User } from './user.js';
import { UserDirectory } from './user-directory.js';

/** An account that is made once it is written. */
export interface NewAccount extends Write<User> {
  readonly id: string;
}

const NO_INDEX = 'This UsersRepository looks no users up by their attributes.';

/** An attribute of users that can be looked up. */
export interface AttributeRule {
  readonly name: string;
  readonly unique: boolean;
}

/** Some of the users with a value. */
export interface AttributePage {
  readonly limit: number;
  /** Id of the last user of the page before. */
  readonly after?: string;
}

/** Where users are kept. Every implementation passes `usersRepositoryContract` of `latchkey/testing`. */
export abstract class UsersRepository extends UserDirectory {
  /** How a user is read as part of another statement, by id; undefined where they are not in the database. */
  readonly reading: SqlReading<User> | undefined;

  /**
   * @throws EmailTakenError also when two with the same address (whatever its case) race
   * @throws FieldTakenError the same, of an attribute that is unique
   */
  abstract create(user: NewUser, transaction?: Transaction): Promise<User>;

  /**
   * `create`, to be done together with others. @returns undefined where that cannot be: nowhere, unless a repository
   * overrides it
   * @throws EmailTakenError when it is written
   */
  creating(_user: NewUser): NewAccount | undefined {
    return undefined;
  }

  /**
   * Creates the user unless someone has the role already, atomically, however many processes ask at once.
   * @returns undefined if nothing was created
   * @throws EmailTakenError
   */
  abstract createFirstOfRole(
    role: string,
    user: NewUser,
    transaction?: Transaction,
  ): Promise<User | undefined>;

  /** @returns undefined if there is none */
  abstract findById(id: string): Promise<User | undefined>;

  /** Those that there are of several, in any order. Asks for each, unless a repository overrides it. */
  async findByIds(ids: readonly string[]): Promise<User[]> {
    const found = await Promise.all(ids.map((id) => this.findById(id)));
    return found.filter((user) => user !== undefined);
  }

  /**
   * The user with this address.
   * @param email in any case
   */
  abstract findByEmail(email: string): Promise<User | undefined>;
  /** How many there are, disabled ones too. */
  abstract count(): Promise<number>;
  /** Whether anyone has the role, disabled or not. */
  abstract someoneHasRole(role: string): Promise<boolean>;

  /** @returns the user as it now is; undefined if there is none */
  abstract rename(id: string, name: string | null, transaction?: Transaction): Promise<User | undefined>;

  /**
   * Sets the attributes that are named, atomically; null takes one away. The others stay.
   * @returns the user as it now is; undefined if there is none
   * @throws FieldTakenError
   */
  abstract changeAttributes(
    id: string,
    changes: Readonly<Record<string, unknown>>,
    transaction?: Transaction,
  ): Promise<User | undefined>;

  /**
   * From now on these attributes, and no others, can be looked up, and of each that is unique no two users have the same
   * value: a text, a number, or whether. For users that are there already, too, and for good: called when an application
   * starts that declares fields.
   * @throws AttributeNotUniqueError if users share a value of one that is to be unique; nothing has changed then
   */
  indexAttributes(rules: readonly AttributeRule[]): Promise<void> {
    return rules.length === 0 ? Promise.resolve() : Promise.reject(new Error(NO_INDEX));
  }

  /**
   * The users who have this value, compared exactly and as a text, in an attribute that can be looked up; in the order of
   * their ids.
   */
  findByAttribute(_name: string, _value: string | number | boolean, _page: AttributePage): Promise<User[]> {
    return Promise.reject(new Error(NO_INDEX));
  }

  /**
   * Replaces the password only if it is still the expected one, so that of two changes at once one wins.
   * @returns whether it was replaced
   */
  abstract replacePassword(
    id: string,
    expectedHash: string,
    replacement: PasswordReplacement,
    transaction?: Transaction,
  ): Promise<boolean>;

  /**
   * The same for a user who lost the password and proved to own the address: it counts as verified from now on.
   * @returns false also if the address is no longer the expected one, or the account is disabled
   */
  abstract resetPassword(
    id: string,
    expected: Pick<User, 'passwordHash' | 'email'>,
    passwordHash: string,
    transaction?: Transaction,
  ): Promise<boolean>;

  /**
   * @param email the address that was proved; in any case
   * @returns whether it is the user's, who is not disabled
   */
  abstract verifyEmail(id: string, email: string, transaction?: Transaction): Promise<boolean>;

  /**
   * Replaces the address, which was proved, only if it is still the expected one.
   * @returns whether it was replaced; false also if the account is disabled
   * @throws EmailTakenError also when two race for one address
   */
  abstract changeEmail(
    id: string,
    expectedEmail: string,
    email: string,
    transaction?: Transaction,
  ): Promise<boolean>;

  /**
   * @returns whether there is such a user
   * @throws LastAdministratorError as `withdrawRole`, when they are to be disabled
   */
  abstract setDisabled(id: string, disabled: boolean, transaction?: Transaction): Promise<boolean>;

  /**
   * Having the role already is no error.
   * @returns whether there is such a user
   * @throws UnknownRoleError
   */
  abstract grantRole(id: string, role: string, transaction?: Transaction): Promise<boolean>;

  /**
   * Not having the role is no error.
   * @returns whether there is such a user
   * @throws UnknownRoleError
   * @throws LastAdministratorError if no administrator who is not disabled would be left, also when several race
   */
  abstract withdrawRole(id: string, role: string, transaction?: Transaction): Promise<boolean>;

  /**
   * @param expectedHash deletes only a user who still has this password; undefined: whichever
   * @returns whether there was such a user
   * @throws LastAdministratorError as `withdrawRole`
   */
  abstract delete(id: string, expectedHash?: string, transaction?: Transaction): Promise<boolean>;
}
