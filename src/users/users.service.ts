import { Injectable } from '@nestjs/common';
import { ADMIN_ROLE, type NewUser, type User, USER_ROLE } from './user.js';
import { type Transaction, UnitOfWork, type Write } from '../common/unit-of-work.js';
import type { UserFieldValues } from './fields/user-field.js';
import { UserFieldsStore } from './user-fields-store.js';
import { type NewAccount, UsersRepository } from './users.repository.js';

/** What is said of a user who registers. */
export interface RegisteredUser extends Pick<NewUser, 'name' | 'email' | 'passwordHash' | 'attributes'> {
  /** A team's own fields; they are written where `UserFieldsStore` keeps them. */
  readonly fields?: UserFieldValues;
}

/** What it means to register a user, to set their password, to delete them. What needs no such rule asks `UsersRepository` itself. */
@Injectable()
export class UsersService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly store: UserFieldsStore,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws EmailTakenError, FieldTakenError */
  async register(user: RegisteredUser, transaction?: Transaction): Promise<User> {
    return transaction
      ? this.create(user, {}, transaction)
      : this.unitOfWork.run((own) => this.create(user, {}, own));
  }

  /**
   * `register`, to be done together with others. @see UsersRepository.creating
   * @returns the account, and what else is to be written with it
   */
  registering(user: RegisteredUser): readonly [NewAccount, ...Write[]] | undefined {
    const account = this.repository.creating(this.newUser(user));
    const fields = account && this.creatingFields(account.id, user);
    return account && (fields ? [account, fields] : [account]);
  }

  /** A user who has proved to own the address. @throws EmailTakenError, FieldTakenError */
  async registerVerified(user: RegisteredUser, transaction: Transaction): Promise<User> {
    return this.create(user, { emailVerified: true }, transaction);
  }

  /**
   * With a team's own fields of the user.
   * @see UsersRepository.delete
   * @returns whether there was such a user
   */
  async delete(id: string, expectedHash: string | undefined, transaction: Transaction): Promise<boolean> {
    const deleted = await this.repository.delete(id, expectedHash, transaction);
    if (deleted) await this.store.erase(id, transaction);
    return deleted;
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

  private async create(
    user: RegisteredUser,
    more: Pick<NewUser, 'emailVerified'>,
    transaction: Transaction,
  ): Promise<User> {
    const created = await this.repository.create({ ...this.newUser(user), ...more }, transaction);
    await this.creatingFields(created.id, user)?.within(transaction);
    return created;
  }

  private newUser({ fields = {}, attributes = {}, ...user }: RegisteredUser): NewUser {
    const kept = { ...attributes, ...this.store.attributesOf(fields) };
    return { ...user, attributes: kept, roles: [USER_ROLE] };
  }

  private creatingFields(id: string, { fields = {} }: RegisteredUser): Write | undefined {
    return Object.keys(fields).length === 0 ? undefined : this.store.creating(id, fields);
  }
}
