import type { Transaction, Write } from '../common/unit-of-work.js';
import type { SqlReading } from '../database/sql-reading.js';
import type { NewUser, PasswordReplacement, User } from './user.js';

/** An account that is made once it is written. */
export interface NewAccount extends Write<User> {
  readonly id: string;
}

/** Where users are kept. Every implementation passes `test/contracts/users.repository.contract.ts`. */
export abstract class UsersRepository {
  /** How a user is read as part of another statement, by id; undefined where they are not in the database. */
  readonly reading: SqlReading<User> | undefined;

  /** @throws EmailTakenError also when two with the same address (whatever its case) race */
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
   * Finds the user as they are now, unless they are disabled or have another password than `user`; neither comes about
   * before what is written with it is.
   * @returns undefined where that cannot be said: nowhere, unless a repository overrides it
   */
  holding(_user: User): Write<User | undefined> | undefined {
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
   */
  abstract changeAttributes(
    id: string,
    changes: Readonly<Record<string, unknown>>,
    transaction?: Transaction,
  ): Promise<User | undefined>;

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

  /** @returns whether there is such a user */
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
