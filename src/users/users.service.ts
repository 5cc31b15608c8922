import { Injectable } from '@nestjs/common';
import { ADMIN_ROLE, type NewUser, type User, USER_ROLE } from './user.js';
import type { Transaction, Write } from '../common/unit-of-work.js';
import type { SqlReading } from '../database/sql-reading.js';
import { type NewAccount, UsersRepository } from './users.repository.js';

/** What the rest of the house may ask of users. */
@Injectable()
export class UsersService {
  constructor(private readonly repository: UsersRepository) {}

  /** @see UsersRepository.reading */
  get reading(): SqlReading<User> | undefined {
    return this.repository.reading;
  }

  /** @throws EmailTakenError */
  async register(
    user: Pick<NewUser, 'name' | 'email' | 'passwordHash'>,
    transaction?: Transaction,
  ): Promise<User> {
    return this.repository.create({ ...user, roles: [USER_ROLE] }, transaction);
  }

  /** `register`, to be done together with others. @see UsersRepository.creating */
  registering(user: Pick<NewUser, 'name' | 'email' | 'passwordHash'>): NewAccount | undefined {
    return this.repository.creating({ ...user, roles: [USER_ROLE] });
  }

  /** @see UsersRepository.holding */
  holding(user: User): Write<User | undefined> | undefined {
    return this.repository.holding(user);
  }

  /** A user who has proved to own the address. @throws EmailTakenError */
  async registerVerified(
    user: Pick<NewUser, 'name' | 'email' | 'passwordHash'>,
    transaction: Transaction,
  ): Promise<User> {
    return this.repository.create({ ...user, emailVerified: true, roles: [USER_ROLE] }, transaction);
  }

  /**
   * Creates the first administrator, whose password was chosen for them and must be changed.
   * @returns undefined if there is an administrator already
   * @throws EmailTakenError
   */
  async createInitialAdmin(
    { email, passwordHash, passwordExpiresAt }: Pick<NewUser, 'email' | 'passwordHash' | 'passwordExpiresAt'>,
    transaction?: Transaction,
  ): Promise<User | undefined> {
    const admin = {
      name: 'Administrator',
      email,
      passwordHash,
      passwordChangeRequired: true,
      ...(passwordExpiresAt && { passwordExpiresAt }),
      roles: [ADMIN_ROLE, USER_ROLE],
    };
    return this.repository.createFirstOfRole(ADMIN_ROLE, admin, transaction);
  }

  async findById(id: string): Promise<User | undefined> {
    return this.repository.findById(id);
  }

  async findByEmail(email: string): Promise<User | undefined> {
    return this.repository.findByEmail(email);
  }

  async count(): Promise<number> {
    return this.repository.count();
  }

  async hasAdmin(): Promise<boolean> {
    return this.repository.someoneHasRole(ADMIN_ROLE);
  }

  async rename(id: string, name: string | null): Promise<User | undefined> {
    return this.repository.rename(id, name);
  }

  /** The user chose a new password. @returns false if another change came first */
  async changePassword(user: User, passwordHash: string, transaction?: Transaction): Promise<boolean> {
    const replacement = { passwordHash, passwordChangeRequired: false };
    return this.repository.replacePassword(user.id, user.passwordHash, replacement, transaction);
  }

  /**
   * For a user who lost the password and proved to own the address.
   * @returns false if password or address are others meanwhile, or the account is disabled
   */
  async resetPassword(user: User, passwordHash: string, transaction?: Transaction): Promise<boolean> {
    return this.repository.resetPassword(user.id, user, passwordHash, transaction);
  }

  /** @returns false unless the address is the user's, who is not disabled */
  async verifyEmail(id: string, email: string, transaction?: Transaction): Promise<boolean> {
    return this.repository.verifyEmail(id, email, transaction);
  }

  /**
   * The user proved to own the new address.
   * @returns false if the address is another meanwhile, or the account is disabled @throws EmailTakenError
   */
  async changeEmail(user: User, email: string, transaction?: Transaction): Promise<boolean> {
    return this.repository.changeEmail(user.id, user.email, email, transaction);
  }

  /**
   * Another password was chosen for the user, who must change it before `passwordExpiresAt`.
   * @returns false if another change came first
   */
  async replaceInitialPassword(
    user: User,
    replacement: { readonly passwordHash: string; readonly passwordExpiresAt: Date },
    transaction: Transaction,
  ): Promise<boolean> {
    const initial = { ...replacement, passwordChangeRequired: true };
    return this.repository.replacePassword(user.id, user.passwordHash, initial, transaction);
  }

  /** The same password, hashed anew with the current settings. @returns false if the password was changed meanwhile */
  async upgradePasswordHash(user: User, passwordHash: string): Promise<boolean> {
    return this.repository.replacePassword(user.id, user.passwordHash, {
      passwordHash,
      passwordChangeRequired: user.passwordChangeRequired,
      passwordExpiresAt: user.passwordExpiresAt,
    });
  }

  /** @returns false if there is no such user */
  async setDisabled(id: string, disabled: boolean, transaction?: Transaction): Promise<boolean> {
    return this.repository.setDisabled(id, disabled, transaction);
  }

  /** @returns false if there is no such user @throws UnknownRoleError */
  async grantRole(id: string, role: string, transaction?: Transaction): Promise<boolean> {
    return this.repository.grantRole(id, role, transaction);
  }

  /** @returns false if there is no such user @throws UnknownRoleError, LastAdministratorError */
  async withdrawRole(id: string, role: string, transaction?: Transaction): Promise<boolean> {
    return this.repository.withdrawRole(id, role, transaction);
  }

  /** @returns false if there is no such user @throws LastAdministratorError */
  async delete(id: string, transaction?: Transaction): Promise<boolean> {
    return this.repository.delete(id, undefined, transaction);
  }

  /** The user wants to go. @returns false if the password was changed meanwhile @throws LastAdministratorError */
  async deleteOwn(user: User, transaction: Transaction): Promise<boolean> {
    return this.repository.delete(user.id, user.passwordHash, transaction);
  }
}
