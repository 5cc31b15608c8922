import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { emailKey } from './user.js';
import { users } from './users.table.js';

/** The user, while the address is theirs and the account can be used. */
export function isProvedBy(id: string, email: string): SQL | undefined {
  return and(eq(users.id, id), eq(users.emailKey, emailKey(email)), isNull(users.disabledAt));
}

/** When an address was first verified stays. */
export function firstTime(now: Date): SQL {
  return sql`coalesce(${users.emailVerifiedAt}, ${sql.param(now, users.emailVerifiedAt)})`;
}

/** Of a password that the user chose. */
export const CHOSEN_BY_THE_USER = { passwordChangeRequired: false, passwordExpiresAt: null } as const;
