import { asc, eq } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { hasHolder, lockRole } from './role-holders.js';
import type { Role } from './role.js';
import type { RoleDeletion } from './user-roles.js';
import { UnknownRoleError } from './users.errors.js';
import { roles, userRoles } from './users.table.js';

type Row = typeof roles.$inferSelect;

/** @see UserRoles.findRoles */
export async function findRoles(db: Database): Promise<Role[]> {
  const rows = await db.select().from(roles).orderBy(asc(roles.name));
  return rows.map(toRole);
}

/** In a transaction. @see UserRoles.holdRole */
export async function holdRole(db: Database, name: string): Promise<Role | undefined> {
  const [row] = await db.select().from(roles).where(eq(roles.name, name)).for('update');
  return row && toRole(row);
}

/** @see UserRoles.createRole */
export async function createRole(db: Database, role: Role): Promise<boolean> {
  const made = await db
    .insert(roles)
    .values(toRow(role))
    .onConflictDoNothing()
    .returning({ name: roles.name });
  return made.length > 0;
}

/** @see UserRoles.changeRole */
export async function changeRole(db: Database, role: Role): Promise<boolean> {
  const changed = await db
    .update(roles)
    .set(toRow(role))
    .where(eq(roles.name, role.name))
    .returning({ name: roles.name });
  return changed.length > 0;
}

/** In a transaction. @see UserRoles.deleteRole */
export async function deleteRole(db: Database, name: string): Promise<RoleDeletion> {
  try {
    await lockRole(db, name);
  } catch (error) {
    if (error instanceof UnknownRoleError) return 'unknown';
    throw error;
  }
  if (await hasHolder(db, name)) return 'in use';
  await db.delete(roles).where(eq(roles.name, name));
  return 'deleted';
}

/** @see UserRoles.findHolders */
export async function findHolders(db: Database, role: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: userRoles.userId })
    .from(userRoles)
    .where(eq(userRoles.role, role))
    .limit(limit);
  return rows.map(({ id }) => id);
}

function toRole({ name, scopes, description }: Row): Role {
  return { name, scopes: scopes.toSorted(), description };
}

function toRow({ name, scopes, description }: Role): Row {
  return { name, scopes: [...scopes], description };
}
