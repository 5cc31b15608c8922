import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { Clock } from '../common/clock.js';
import type { Transaction } from '../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { isUniqueViolation } from '../database/sql-errors.js';
import { hasHolder, lockRole, refuseLastAdministrator } from './role-holders.js';
import { ADMIN_ROLE, emailKey, type NewUser, type User } from './user.js';
import { EmailTakenError } from './users.errors.js';
import { UsersRepository } from './users.repository.js';
import { EMAIL_UNIQUE, roles, userRoles, users } from './users.table.js';

interface Grant {
  name: string;
  scopes: string[];
}

type UserRow = typeof users.$inferSelect & { grants: Grant[] };

/** A user's roles with their scopes, read with the user in one statement. */
const grants = sql<Grant[]>`coalesce((
  select json_agg(json_build_object('name', ${roles.name}, 'scopes', ${roles.scopes}))
  from ${userRoles} join ${roles} on ${roles.name} = ${userRoles.role}
  where ${userRoles.userId} = ${users.id}
), '[]'::json)`;

@Injectable()
export class PostgresUsersRepository extends UsersRepository {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async create(user: NewUser, transaction?: Transaction): Promise<User> {
    return handleOf(this.db, transaction).transaction((db) => this.insert(db, user));
  }

  async createFirstOfRole(role: string, user: NewUser, transaction?: Transaction): Promise<User | undefined> {
    return handleOf(this.db, transaction).transaction(async (db) => {
      // The row of the role serves as the lock: whoever comes second waits here and then sees the first one's user.
      await lockRole(db, role);
      return (await hasHolder(db, role)) ? undefined : this.insert(db, user);
    });
  }

  async findById(id: string): Promise<User | undefined> {
    // A subject may be any text; Postgres would refuse to compare it.
    if (!isUUID(id)) return undefined;
    const [row] = await this.select().where(eq(users.id, id));
    return row && toUser(row);
  }

  async findByEmail(email: string): Promise<User | undefined> {
    const [row] = await this.select().where(eq(users.emailKey, emailKey(email)));
    return row && toUser(row);
  }

  async count(): Promise<number> {
    const [row] = await this.db.select({ count: count() }).from(users);
    return row?.count ?? 0;
  }

  async someoneHasRole(role: string): Promise<boolean> {
    return hasHolder(this.db, role);
  }

  async rename(id: string, name: string): Promise<User | undefined> {
    const [row] = await this.db
      .update(users)
      .set({ name, updatedAt: this.now() })
      .where(eq(users.id, id))
      .returning({ ...getTableColumns(users), grants });
    return row && toUser(row);
  }

  async replacePassword(
    id: string,
    expectedHash: string,
    replacement: { passwordHash: string; passwordChangeRequired: boolean },
    transaction?: Transaction,
  ): Promise<boolean> {
    const replaced = await handleOf(this.db, transaction)
      .update(users)
      .set({ ...replacement, updatedAt: this.now() })
      .where(and(eq(users.id, id), eq(users.passwordHash, expectedHash)))
      .returning({ id: users.id });
    return replaced.length > 0;
  }

  async setDisabled(id: string, disabled: boolean, transaction?: Transaction): Promise<boolean> {
    const now = this.now();
    const changed = await handleOf(this.db, transaction)
      .update(users)
      .set({ disabledAt: disabled ? now : null, updatedAt: now })
      .where(eq(users.id, id))
      .returning({ id: users.id });
    return changed.length > 0;
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

  async delete(id: string, transaction?: Transaction): Promise<boolean> {
    if (!isUUID(id)) return false;
    return handleOf(this.db, transaction).transaction(async (db) => {
      await lockRole(db, ADMIN_ROLE);
      await refuseLastAdministrator(db, id);
      const deleted = await db.delete(users).where(eq(users.id, id)).returning({ id: users.id });
      return deleted.length > 0;
    });
  }

  /** @returns whether there is such a user, who stays until the change is done */
  private async changeRoles(
    id: string,
    role: string,
    transaction: Transaction | undefined,
    change: (db: Database) => Promise<void>,
  ): Promise<boolean> {
    return handleOf(this.db, transaction).transaction(async (db) => {
      await lockRole(db, role);
      if (!isUUID(id)) return false;
      const found = await db
        .update(users)
        .set({ updatedAt: this.now() })
        .where(eq(users.id, id))
        .returning({ id: users.id });
      if (found.length === 0) return false;
      await change(db);
      return true;
    });
  }

  private select() {
    return this.db.select({ ...getTableColumns(users), grants }).from(users);
  }

  private async insert(db: Database, user: NewUser): Promise<User> {
    const id = randomUUID();
    const now = this.now();
    try {
      await db.insert(users).values({
        id,
        name: user.name,
        email: user.email,
        emailKey: emailKey(user.email),
        emailVerifiedAt: null,
        passwordHash: user.passwordHash,
        passwordChangeRequired: user.passwordChangeRequired ?? false,
        disabledAt: null,
        attributes: {},
        createdAt: now,
        updatedAt: now,
      });
    } catch (error) {
      throw isUniqueViolation(error, EMAIL_UNIQUE) ? new EmailTakenError() : error;
    }
    if (user.roles.length > 0) {
      await db.insert(userRoles).values(user.roles.map((role) => ({ userId: id, role })));
    }
    const [row] = await db
      .select({ ...getTableColumns(users), grants })
      .from(users)
      .where(eq(users.id, id));
    if (!row) throw new Error('The user just written is not there.');
    return toUser(row);
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function toUser({ emailKey: _, grants: granted, ...row }: UserRow): User {
  return {
    ...row,
    roles: granted.map((grant) => grant.name).toSorted(),
    scopes: [...new Set(granted.flatMap((grant) => grant.scopes))].toSorted(),
  };
}
