import { and, eq, gt, inArray, sql, type SQLWrapper } from 'drizzle-orm';
import { makePgArray } from 'drizzle-orm/pg-core';
import type { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/sql-errors.js';
import type { User } from './user.js';
import { changeUser, toUser, type UserRow, WHOLE_USER } from './user-rows.js';
import { AttributeNotUniqueError } from './users.errors.js';
import type { AttributePage, AttributeRule } from './users.repository.js';
import { FIELD_UNIQUE, userFieldKeys, userFieldRules, users } from './users.table.js';

/** @see UsersRepository.changeAttributes */
export async function changeAttributes(
  db: Database,
  id: string,
  changes: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<User | undefined> {
  const entries = Object.entries(changes);
  const given = JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== null)));
  const gone = makePgArray(entries.filter(([, value]) => value === null).map(([name]) => name));
  const attributes = sql`(${users.attributes} || ${given}::jsonb) - ${gone}::text[]`;
  return changeUser(db, id, { attributes, updatedAt: now });
}

/** @see UsersRepository.findByAttribute */
export async function findByAttribute(
  db: Database,
  name: string,
  value: string,
  page: AttributePage,
): Promise<User[]> {
  const rows = await usersWithAttribute(db, name, value, page);
  return rows.map(toUser);
}

/** The statement of `findByAttribute`. */
export function usersWithAttribute(
  db: Database,
  name: string,
  value: string,
  { limit, after }: AttributePage,
): SQLWrapper & PromiseLike<UserRow[]> {
  const found = db
    .select({ id: userFieldKeys.userId })
    .from(userFieldKeys)
    .where(
      and(
        eq(userFieldKeys.field, name),
        eq(userFieldKeys.value, value),
        after === undefined ? undefined : gt(userFieldKeys.userId, after),
      ),
    )
    .orderBy(userFieldKeys.userId)
    .limit(limit);
  return db.select(WHOLE_USER).from(users).where(inArray(users.id, found)).orderBy(users.id);
}

/** @see UsersRepository.indexAttributes */
export async function indexAttributes(db: Database, rules: readonly AttributeRule[]): Promise<void> {
  if ((await outdated(db, rules)).length === 0) return;
  await db.transaction(async (transaction) => {
    // No user is written until the keys of all are there; another instance that starts waits, and finds nothing to do.
    await transaction.execute(sql`lock table ${users} in share row exclusive mode`);
    // oxlint-disable-next-line eslint/no-await-in-loop -- in order
    for (const name of await outdated(transaction, rules)) await indexAttribute(transaction, name, rules);
  });
}

/** Names of attributes that are not indexed as the rules say. */
async function outdated(db: Database, rules: readonly AttributeRule[]): Promise<string[]> {
  const wanted = new Map(rules.map(({ name, unique }) => [name, unique]));
  const rows = await db.select().from(userFieldRules);
  const present = new Map(rows.map(({ field, isUnique }) => [field, isUnique]));
  return [...new Set([...wanted.keys(), ...present.keys()])].filter(
    (name) => wanted.get(name) !== present.get(name),
  );
}

async function indexAttribute(db: Database, name: string, rules: readonly AttributeRule[]): Promise<void> {
  await db.delete(userFieldRules).where(eq(userFieldRules.field, name));
  await db.delete(userFieldKeys).where(eq(userFieldKeys.field, name));
  const rule = rules.find((each) => each.name === name);
  if (!rule) return;
  await db.insert(userFieldRules).values({ field: name, isUnique: rule.unique });
  try {
    await db.execute(sql`insert into ${userFieldKeys} ("user_id", "field", "value", "is_unique")
      select ${users.id}, ${name}::text, ${users.attributes} ->> ${name}::text, ${rule.unique}::boolean
      from ${users} where ${users.attributes} ->> ${name}::text is not null`);
  } catch (error) {
    throw isUniqueViolation(error, FIELD_UNIQUE) ? new AttributeNotUniqueError(name) : error;
  }
}
