import { sql } from 'drizzle-orm';
import { makePgArray } from 'drizzle-orm/pg-core';
import type { Database } from '../database/database.js';
import type { User } from './user.js';
import { changeUser } from './user-rows.js';
import { users } from './users.table.js';

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
