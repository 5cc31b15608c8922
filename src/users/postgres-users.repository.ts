import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Clock } from '../common/clock.js';
import type { Transaction } from '../common/unit-of-work.js';
import { type Database, DatabaseConnection } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { PostgresUserDirectory } from './postgres-user-directory.js';
import { changeAttributes, findByAttribute, indexAttributes } from './user-attributes.js';
import { changeEmail, resetPassword, verifyEmail } from './verified-email.js';
import { hasHolder, holdForRole, lockRole, refuseLastAdministrator } from './role-holders.js';
import { ADMIN_ROLE, type NewUser, type PasswordReplacement, type User } from './user.js';
import { UserLookups } from './user-lookups.js';
import type { AttributePage, AttributeRule, NewAccount } from './users.repository.js';
import { createUser, deleteUser, disableUser, enableUser } from './user-writes.js';
import { changeUser, insertUser, newRow, USER_READING } from './user-rows.js';
import { userRoles, users } from './users.table.js';

@Injectable()
export class PostgresUsersRepository extends PostgresUserDirectory {
  override readonly reading = USER_READING;
  private readonly lookups;

  constructor(connection: DatabaseConnection, clock: Clock) {
    super(connection, clock);
    this.lookups = new UserLookups(connection);
  }

  async create(user: NewUser, transaction?: Transaction): Promise<User> {
    return this.within(transaction, (db) => insertUser(db, newRow(user, this.now()), user.roles));
  }

  override creating(user: NewUser): NewAccount {
    return createUser(this.db, user, this.now());
  }

  async createFirstOfRole(role: string, user: NewUser, transaction?: Transaction): Promise<User | undefined> {
    return this.within(transaction, async (db) => {
      // The row of the role serves as the lock: the second one waits here and then sees the first one's user.
      await lockRole(db, role);
      return (await hasHolder(db, role)) ? undefined : insertUser(db, newRow(user, this.now()), user.roles);
    });
  }

  async findById(id: string): Promise<User | undefined> {
    return this.lookups.byId(id);
  }

  override async findByIds(ids: readonly string[]): Promise<User[]> {
    return this.lookups.byIds(ids);
  }

  async findByEmail(email: string): Promise<User | undefined> {
    return this.lookups.byEmail(email);
  }

  async count(): Promise<number> {
    return this.db.$count(users);
  }

  async someoneHasRole(role: string): Promise<boolean> {
    return hasHolder(this.db, role);
  }

  async rename(id: string, name: string | null, transaction?: Transaction): Promise<User | undefined> {
    return changeUser(handleOf(this.db, transaction), id, { name, updatedAt: this.now() });
  }

  async changeAttributes(
    id: string,
    changes: Readonly<Record<string, unknown>>,
    transaction?: Transaction,
  ): Promise<User | undefined> {
    return changeAttributes(handleOf(this.db, transaction), id, changes, this.now());
  }

  override async indexAttributes(rules: readonly AttributeRule[]): Promise<void> {
    await indexAttributes(this.db, rules);
  }

  override async findByAttribute(
    name: string,
    value: string | number | boolean,
    page: AttributePage,
  ): Promise<User[]> {
    return findByAttribute(this.db, name, String(value), page);
  }

  async replacePassword(
    id: string,
    expectedHash: string,
    replacement: PasswordReplacement,
    transaction?: Transaction,
  ): Promise<boolean> {
    const replaced = await handleOf(this.db, transaction)
      .update(users)
      .set({ passwordExpiresAt: null, ...replacement, updatedAt: this.now() })
      .where(and(eq(users.id, id), eq(users.passwordHash, expectedHash)))
      .returning({ id: users.id });
    return replaced.length > 0;
  }

  async resetPassword(
    id: string,
    expected: Pick<User, 'passwordHash' | 'email'>,
    passwordHash: string,
    transaction?: Transaction,
  ): Promise<boolean> {
    return resetPassword(handleOf(this.db, transaction), id, expected, passwordHash, this.now());
  }

  async verifyEmail(id: string, email: string, transaction?: Transaction): Promise<boolean> {
    return verifyEmail(handleOf(this.db, transaction), id, email, this.now());
  }

  async changeEmail(
    id: string,
    expectedEmail: string,
    email: string,
    transaction?: Transaction,
  ): Promise<boolean> {
    return changeEmail(handleOf(this.db, transaction), id, { from: expectedEmail, to: email }, this.now());
  }

  async setDisabled(id: string, disabled: boolean, transaction?: Transaction): Promise<boolean> {
    const now = this.now();
    if (!disabled) return enableUser(handleOf(this.db, transaction), id, now);
    return this.within(transaction, (db) => disableUser(db, id, now));
  }

  async grantRole(id: string, role: string, transaction?: Transaction): Promise<boolean> {
    return this.changeRoles(id, role, transaction, async (db) => {
      await db.insert(userRoles).values({ userId: id, role }).onConflictDoNothing();
    });
  }

  async withdrawRole(id: string, role: string, transaction?: Transaction): Promise<boolean> {
    return this.changeRoles(id, role, transaction, async (db) => {
      if (role === ADMIN_ROLE) await refuseLastAdministrator(db, id);
      await db.delete(userRoles).where(and(eq(userRoles.userId, id), eq(userRoles.role, role)));
    });
  }

  async delete(id: string, expectedHash?: string, transaction?: Transaction): Promise<boolean> {
    return this.within(transaction, (db) => deleteUser(db, id, expectedHash));
  }

  /** @returns whether there is such a user, who stays until the change is done */
  private async changeRoles(
    id: string,
    role: string,
    transaction: Transaction | undefined,
    change: (db: Database) => Promise<void>,
  ): Promise<boolean> {
    return this.within(transaction, async (db) => {
      const held = await holdForRole(db, role, id, this.now());
      if (held) await change(db);
      return held;
    });
  }
}
