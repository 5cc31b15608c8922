import { isUUID } from 'class-validator';
import { asc, eq, inArray } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { emailKey, type User } from './user.js';
import { changeUser, toUser, WHOLE_USER } from './user-rows.js';
import { roles, users } from './users.table.js';
import { firstTime } from './verified-email.js';

/** In a transaction. @see UserDirectory.hold */
export async function holdWithRoles(
  db: Database,
  id: string,
  names: readonly string[],
): Promise<User | undefined> {
  if (!isUUID(id)) return undefined;
  if (names.length > 0) {
    const named = inArray(roles.name, [...names]);
    await db.select({ name: roles.name }).from(roles).where(named).orderBy(asc(roles.name)).for('update');
  }
  await db.select({ id: users.id }).from(users).where(eq(users.id, id)).for('update');
  // A statement that waited for the row would have read the roles of before.
  return findUser(db, id);
}

/** @see UserDirectory.findWithin */
export async function findUser(db: Database, id: string): Promise<User | undefined> {
  if (!isUUID(id)) return undefined;
  const [row] = await db.select(WHOLE_USER).from(users).where(eq(users.id, id));
  return row && toUser(row);
}

/** @see UserDirectory.setEmail */
export async function setEmail(
  db: Database,
  id: string,
  { email, verified }: { readonly email: string; readonly verified: boolean },
  now: Date,
): Promise<User | undefined> {
  const emailVerifiedAt = verified ? now : null;
  return changeUser(db, id, { email, emailKey: emailKey(email), emailVerifiedAt, updatedAt: now });
}

/** @see UserDirectory.setEmailVerified */
export async function setEmailVerified(
  db: Database,
  id: string,
  verified: boolean,
  now: Date,
): Promise<User | undefined> {
  return changeUser(db, id, { emailVerifiedAt: verified ? firstTime(now) : null, updatedAt: now });
}
