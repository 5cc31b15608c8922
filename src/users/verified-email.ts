import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/sql-errors.js';
import { emailKey, type User } from './user.js';
import { EmailTakenError } from './users.errors.js';
import { EMAIL_UNIQUE, users } from './users.table.js';

/** The user, while the address is theirs and the account can be used. */
function isProvedBy(id: string, email: string): SQL | undefined {
  return and(eq(users.id, id), eq(users.emailKey, emailKey(email)), isNull(users.disabledAt));
}

/** When an address was first verified stays. */
export function firstTime(now: Date): SQL {
  return sql`coalesce(${users.emailVerifiedAt}, ${sql.param(now, users.emailVerifiedAt)})`;
}

/** Of a password that the user chose. */
const CHOSEN_BY_THE_USER = { passwordChangeRequired: false, passwordExpiresAt: null } as const;

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

/** @see UsersRepository.verifyEmail */
export async function verifyEmail(db: Database, id: string, email: string, now: Date): Promise<boolean> {
  const verified = await db
    .update(users)
    .set({ emailVerifiedAt: firstTime(now), updatedAt: now })
    .where(isProvedBy(id, email))
    .returning({ id: users.id });
  return verified.length > 0;
}

/** @see UsersRepository.resetPassword */
export async function resetPassword(
  db: Database,
  id: string,
  expected: Pick<User, 'passwordHash' | 'email'>,
  passwordHash: string,
  now: Date,
): Promise<boolean> {
  const reset = await db
    .update(users)
    .set({ passwordHash, ...CHOSEN_BY_THE_USER, emailVerifiedAt: firstTime(now), updatedAt: now })
    .where(and(isProvedBy(id, expected.email), eq(users.passwordHash, expected.passwordHash)))
    .returning({ id: users.id });
  return reset.length > 0;
}
