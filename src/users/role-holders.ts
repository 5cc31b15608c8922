import { isUUID } from 'class-validator';
import { and, eq, exists, inArray, isNull, ne, notLike, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { identityLinks } from './identity-links.table.js';
import { ADMIN_ROLE, NO_PASSWORD, UNSET_PASSWORD } from './user.js';
import { LastAdministratorError, UnknownRoleError } from './users.errors.js';
import { roles, userRoles, users } from './users.table.js';

/**
 * Until the transaction's end no other transaction changes who has the role, and statements from here on see what was changed
 * before. Taken before any user's row, so that no two wait for each other.
 * @throws UnknownRoleError
 */
export async function lockRole(transaction: Database, role: string): Promise<void> {
  const rows = await transaction
    .select({ name: roles.name })
    .from(roles)
    .where(eq(roles.name, role))
    .for('update');
  if (rows.length === 0) throw new UnknownRoleError();
}

/**
 * `lockRole`, and then the user, whose roles are about to change.
 * @returns whether there is such a user
 */
export async function holdForRole(
  transaction: Database,
  role: string,
  id: string,
  now: Date,
): Promise<boolean> {
  await lockRole(transaction, role);
  if (!isUUID(id)) return false;
  const found = await transaction
    .update(users)
    .set({ updatedAt: now })
    .where(eq(users.id, id))
    .returning({ id: users.id });
  return found.length > 0;
}

export async function hasHolder(db: Database, role: string): Promise<boolean> {
  const holders = await db
    .select({ id: userRoles.userId })
    .from(userRoles)
    .where(eq(userRoles.role, role))
    .limit(1);
  return holders.length > 0;
}

/**
 * An administrator must be left to operate the service; and where the user can log in, one who can: by a password, or by an account that
 * is kept elsewhere. Atomic under the lock of the administrators' role.
 * @throws LastAdministratorError if the user is the only such administrator who is not disabled
 */
export async function refuseLastAdministrator(transaction: Database, id: string): Promise<void> {
  const [own, others] = [eq(users.id, id), ne(users.id, id)];
  if ((await enabledAdministrators(transaction, own)) === 0) return;
  const canLogIn = canLogInBy(transaction);
  const isNeeded = (await enabledAdministrators(transaction, and(own, canLogIn))) > 0;
  const left = await enabledAdministrators(transaction, isNeeded ? and(others, canLogIn) : others);
  if (left === 0) throw new LastAdministratorError();
}

function canLogInBy(transaction: Database): SQL | undefined {
  const hasPassword = [NO_PASSWORD, UNSET_PASSWORD].map((none) => notLike(users.passwordHash, `${none}%`));
  const links = transaction
    .select()
    .from(identityLinks)
    .where(eq(identityLinks.subject, sql`${users.id}::text`));
  return or(and(...hasPassword), exists(links));
}

async function enabledAdministrators(transaction: Database, which: SQL | undefined): Promise<number> {
  return transaction.$count(
    users,
    and(
      which,
      isNull(users.disabledAt),
      inArray(
        users.id,
        transaction.select({ id: userRoles.userId }).from(userRoles).where(eq(userRoles.role, ADMIN_ROLE)),
      ),
    ),
  );
}
