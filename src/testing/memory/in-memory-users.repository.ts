import { randomUUID } from 'node:crypto';
import { type Clock, SystemClock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { ADMIN_ROLE, emailKey, type NewUser, type PasswordReplacement, type User } from '../../users/user.js';
import { EmailTakenError, LastAdministratorError } from '../../users/users.errors.js';
import { type AttributePage, type AttributeRule, UsersRepository } from '../../users/users.repository.js';
import { AttributeIndex } from './attribute-index.js';
import { MemoryTable } from './memory-table.js';
import { RoleScopes, type ScopesByRole, SHIPPED_ROLES } from './role-scopes.js';

/** Users in memory: every step is atomic, since it is one turn of the event loop. */
export class InMemoryUsersRepository extends UsersRepository {
  private readonly users = new MemoryTable<User>();
  private readonly index = new AttributeIndex();
  private readonly roles: RoleScopes;

  /** @param roles the scopes of each role that there is. Default: those of `user` and `admin` */
  constructor(
    private readonly clock: Clock = new SystemClock(),
    roles: ScopesByRole = SHIPPED_ROLES,
  ) {
    super();
    this.roles = new RoleScopes(roles);
  }

  async create(user: NewUser, transaction?: Transaction): Promise<User> {
    if (this.byEmail(user.email)) throw new EmailTakenError();
    const now = this.now();
    const created: User = {
      id: randomUUID(),
      name: user.name,
      email: user.email,
      emailVerifiedAt: user.emailVerified ? now : null,
      passwordHash: user.passwordHash,
      passwordChangeRequired: user.passwordChangeRequired ?? false,
      passwordExpiresAt: user.passwordExpiresAt ?? null,
      disabledAt: null,
      ...this.roles.grant(user.roles),
      attributes: structuredClone(user.attributes ?? {}),
      createdAt: now,
      updatedAt: now,
    };
    return this.store(created, transaction);
  }

  async createFirstOfRole(role: string, user: NewUser, transaction?: Transaction): Promise<User | undefined> {
    this.roles.require(role);
    return this.holdersOf(role).length > 0 ? undefined : this.create(user, transaction);
  }

  async findById(id: string): Promise<User | undefined> {
    return structuredClone(this.users.get(id));
  }

  async findByEmail(email: string): Promise<User | undefined> {
    return structuredClone(this.byEmail(email));
  }

  async count(): Promise<number> {
    return this.users.size;
  }

  async someoneHasRole(role: string): Promise<boolean> {
    return this.holdersOf(role).length > 0;
  }

  async rename(id: string, name: string | null, transaction?: Transaction): Promise<User | undefined> {
    return this.change(id, { name }, transaction);
  }

  async changeAttributes(
    id: string,
    changes: Readonly<Record<string, unknown>>,
    transaction?: Transaction,
  ): Promise<User | undefined> {
    const known = this.users.get(id)?.attributes ?? {};
    const kept = Object.entries({ ...known, ...structuredClone(changes) }).filter(
      ([, value]) => value !== null,
    );
    return this.change(id, { attributes: Object.fromEntries(kept) }, transaction);
  }

  override async indexAttributes(rules: readonly AttributeRule[]): Promise<void> {
    this.index.declare(rules, this.users.all());
  }

  override async findByAttribute(
    name: string,
    value: string | number | boolean,
    page: AttributePage,
  ): Promise<User[]> {
    return structuredClone(this.index.find(this.users.all(), name, value, page));
  }

  async replacePassword(
    id: string,
    expectedHash: string,
    replacement: PasswordReplacement,
    transaction?: Transaction,
  ): Promise<boolean> {
    if (this.users.get(id)?.passwordHash !== expectedHash) return false;
    return this.change(id, { passwordExpiresAt: null, ...replacement }, transaction) !== undefined;
  }

  async resetPassword(
    id: string,
    expected: Pick<User, 'passwordHash' | 'email'>,
    passwordHash: string,
    transaction?: Transaction,
  ): Promise<boolean> {
    const user = this.provedBy(id, expected.email);
    if (user?.passwordHash !== expected.passwordHash) return false;
    const chosen = { passwordHash, passwordChangeRequired: false, passwordExpiresAt: null };
    const emailVerifiedAt = user.emailVerifiedAt ?? this.now();
    return this.change(id, { ...chosen, emailVerifiedAt }, transaction) !== undefined;
  }

  async verifyEmail(id: string, email: string, transaction?: Transaction): Promise<boolean> {
    const user = this.provedBy(id, email);
    if (!user) return false;
    const emailVerifiedAt = user.emailVerifiedAt ?? this.now();
    return this.change(id, { emailVerifiedAt }, transaction) !== undefined;
  }

  async changeEmail(
    id: string,
    expectedEmail: string,
    email: string,
    transaction?: Transaction,
  ): Promise<boolean> {
    if (!this.provedBy(id, expectedEmail)) return false;
    const holder = this.byEmail(email);
    if (holder && holder.id !== id) throw new EmailTakenError();
    return this.change(id, { email, emailVerifiedAt: this.now() }, transaction) !== undefined;
  }

  async setDisabled(id: string, disabled: boolean, transaction?: Transaction): Promise<boolean> {
    if (disabled) this.refuseLastAdministrator(id);
    return this.change(id, { disabledAt: disabled ? this.now() : null }, transaction) !== undefined;
  }

  async grantRole(id: string, role: string, transaction?: Transaction): Promise<boolean> {
    this.roles.require(role);
    const roles = this.users.get(id)?.roles ?? [];
    return this.change(id, this.roles.grant([...new Set([...roles, role])]), transaction) !== undefined;
  }

  async withdrawRole(id: string, role: string, transaction?: Transaction): Promise<boolean> {
    this.roles.require(role);
    if (role === ADMIN_ROLE) this.refuseLastAdministrator(id);
    const roles = this.users.get(id)?.roles ?? [];
    return (
      this.change(id, this.roles.grant(roles.filter((name) => name !== role)), transaction) !== undefined
    );
  }

  async delete(id: string, expectedHash?: string, transaction?: Transaction): Promise<boolean> {
    this.refuseLastAdministrator(id);
    const user = this.users.get(id);
    if (!user || (expectedHash ?? user.passwordHash) !== user.passwordHash) return false;
    return this.users.delete(id, transaction);
  }

  /** Removes all users. */
  clear(): void {
    this.users.clear();
  }

  private change(id: string, changes: Partial<User>, transaction: Transaction | undefined): User | undefined {
    const user = this.users.get(id);
    return user && this.store({ ...user, ...changes, updatedAt: this.now() }, transaction);
  }

  private store(user: User, transaction: Transaction | undefined): User {
    this.index.refuseTaken(user, this.users.all());
    this.users.set(user.id, user, transaction);
    return structuredClone(user);
  }

  private byEmail(email: string): User | undefined {
    const key = emailKey(email);
    return this.users.all().find((user) => emailKey(user.email) === key);
  }

  private provedBy(id: string, email: string): User | undefined {
    const user = this.users.get(id);
    return user && !user.disabledAt && emailKey(user.email) === emailKey(email) ? user : undefined;
  }

  private holdersOf(role: string): User[] {
    return this.users.all().filter(({ roles }) => roles.includes(role));
  }

  private refuseLastAdministrator(id: string): void {
    const enabled = this.holdersOf(ADMIN_ROLE).filter(({ disabledAt }) => disabledAt === null);
    if (enabled.length === 1 && enabled[0]?.id === id) throw new LastAdministratorError();
  }

  private now = (): Date => new Date(this.clock.now());
}
