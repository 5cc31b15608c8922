import { randomUUID } from 'node:crypto';
import { isUUID } from 'class-validator';
import { eq, getTableColumns, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { SqlReading } from '../database/sql-reading.js';
import type { Database } from '../database/database.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import { isUniqueViolation, uniqueViolation } from '../database/sql-errors.js';
import { emailKey, type NewUser, type User } from './user.js';
import { EmailTakenError, FieldTakenError } from './users.errors.js';
import { EMAIL_UNIQUE, FIELD_UNIQUE, roles, userRoles, users } from './users.table.js';

interface Grant {
  name: string;
  scopes: string[];
}

/** A user, as selected. */
export type UserRow = typeof users.$inferSelect & { grants: Grant[] };

/** A user's roles with their scopes, read with the user in one statement. */
const grants = sql<Grant[]>`coalesce((
  select json_agg(json_build_object('name', ${roles.name}, 'scopes', ${roles.scopes}))
  from ${userRoles} join ${roles} on ${roles.name} = ${userRoles.role}
  where ${userRoles.userId} = ${users.id}
), '[]'::json)`;

/** What is selected of a user. */
export const WHOLE_USER = { ...getTableColumns(users), grants };

export function toUser(row: UserRow): User {
  const { grants: granted } = row;
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    emailVerifiedAt: row.emailVerifiedAt,
    passwordHash: row.passwordHash,
    passwordChangeRequired: row.passwordChangeRequired,
    passwordExpiresAt: row.passwordExpiresAt,
    disabledAt: row.disabledAt,
    lastLoginAt: row.lastLoginAt,
    roles: granted.map((grant) => grant.name).toSorted(),
    scopes: [...new Set(granted.flatMap((grant) => grant.scopes))].toSorted(),
    attributes: row.attributes,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** A UUID, as PostgreSQL writes it. A subject may be any text, which it would refuse to compare. */
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** `WHOLE_USER` as one value. */
export const USER_AS_JSON = sql`json_build_object(${sql.join(
  Object.entries(WHOLE_USER).flatMap(([name, column]) => [sql.raw(`'${name}'`), sql`${column}`]),
  sql`, `,
)})`;

/** A user as part of another statement. */
export const USER_READING: SqlReading<User> = {
  select: (key) => {
    const id = sql`case when ${key} ~ ${sql.raw(`'${UUID}'`)} then ${key}::uuid end`;
    return sql`(select ${USER_AS_JSON} from ${users} where ${users.id} = ${id})`;
  },
  parse: (json) => (json === null ? undefined : userOf(json)),
};

/** @param json what `USER_AS_JSON` gave */
export function userOf(json: unknown): User {
  return toUser(rowOf(json as UserRow));
}

/** JSON has no instants. */
function rowOf(row: UserRow): UserRow {
  const instant = (text: Date | null) => (text === null ? null : new Date(text));
  return {
    ...row,
    emailVerifiedAt: instant(row.emailVerifiedAt),
    passwordExpiresAt: instant(row.passwordExpiresAt),
    disabledAt: instant(row.disabledAt),
    lastLoginAt: instant(row.lastLoginAt),
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

/** The row of a new user. */
export function newRow(user: NewUser, now: Date): typeof users.$inferSelect {
  return {
    id: randomUUID(),
    name: user.name,
    email: user.email,
    emailKey: emailKey(user.email),
    emailVerifiedAt: user.emailVerified ? now : null,
    passwordHash: user.passwordHash,
    passwordChangeRequired: user.passwordChangeRequired ?? false,
    passwordExpiresAt: user.passwordExpiresAt ?? null,
    disabledAt: null,
    lastLoginAt: null,
    attributes: user.attributes ?? {},
    createdAt: now,
    updatedAt: now,
  };
}

/** @returns the user as it now is; undefined if there is none. @throws FieldTakenError */
export async function changeUser(
  db: Database,
  id: string,
  values: PgUpdateSetSource<typeof users>,
): Promise<User | undefined> {
  if (!isUUID(id)) return undefined;
  try {
    const [row] = await db.update(users).set(values).where(eq(users.id, id)).returning(WHOLE_USER);
    return row && toUser(row);
  } catch (error) {
    throw takenBy(error) ?? error;
  }
}

/** Several statements, to be run in a transaction. @throws EmailTakenError, FieldTakenError */
export async function insertUser(
  db: Database,
  newUser: typeof users.$inferSelect,
  roleNames: readonly string[],
): Promise<User> {
  const { id } = newUser;
  try {
    await db.insert(users).values(newUser);
  } catch (error) {
    throw takenBy(error) ?? error;
  }
  if (roleNames.length > 0) {
    await db.insert(userRoles).values(roleNames.map((role) => ({ userId: id, role })));
  }
  const [row] = await db.select(WHOLE_USER).from(users).where(eq(users.id, id));
  if (!row) throw new Error('The user just written is not there.');
  return toUser(row);
}

/** What a failed statement means if it is by a value that another user has. */
export function takenBy(error: unknown): LatchkeyError | undefined {
  if (isUniqueViolation(error, EMAIL_UNIQUE)) return new EmailTakenError();
  const field = uniqueViolation(error, FIELD_UNIQUE);
  return field && new FieldTakenError(String(field.column));
}
