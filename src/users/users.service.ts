import { Injectable } from '@nestjs/common';
import { ADMIN_ROLE, type NewUser, type User, USER_ROLE } from './user.js';
import type { Transaction } from '../common/unit-of-work.js';
import { type NewAccount, UsersRepository } from './users.repository.js';

/** What is said of a user who registers. */
export type RegisteredUser = Pick<NewUser, 'name' | 'email' | 'passwordHash' | 'attributes'>;

/** What it means to register a user and to set their password. What needs no such rule asks `UsersRepository` itself. */
@Injectable()
export class UsersService {
  constructor(private readonly repository: UsersRepository) {}

  /** @throws EmailTakenError */
  async register(user: RegisteredUser, transaction?: Transaction): Promise<User> {
    return this.repository.create({ ...user, roles: [USER_ROLE] }, transaction);
  }

  /** `register`, to be done together with others. @see UsersRepository.creating */
  registering(user: RegisteredUser): NewAccount | undefined {
    return this.repository.creating({ ...user, roles: [USER_ROLE] });
  }

  /** A user who has proved to own the address. @throws EmailTakenError */
  async registerVerified(user: RegisteredUser, transaction: Transaction): Promise<User> {
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

  /** The user chose a new password. @returns false if another change came first */
  async changePassword(user: User, passwordHash: string, transaction?: Transaction): Promise<boolean> {
    const replacement = { passwordHash, passwordChangeRequired: false };
    return this.repository.replacePassword(user.id, user.passwordHash, replacement, transaction);
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
}
