import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/sql-errors.js';
import { emailKey } from './user.js';
import { EmailTakenError } from './users.errors.js';
import { EMAIL_UNIQUE, users } from './users.table.js';

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

/** @see UsersRepository.changeEmail */
export async function changeEmail(
  db: Database,
  id: string,
  { from, to: email }: { readonly from: string; readonly to: string },
  now: Date,
): Promise<boolean> {
  try {
    const changed = await db
      .update(users)
      .set({ email, emailKey: emailKey(email), emailVerifiedAt: now, updatedAt: now })
      .where(isProvedBy(id, from))
      .returning({ id: users.id });
    return changed.length > 0;
  } catch (error) {
    throw isUniqueViolation(error, EMAIL_UNIQUE) ? new EmailTakenError() : error;
  }
}
