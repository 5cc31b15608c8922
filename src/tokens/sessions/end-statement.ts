import { and, inArray, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { revocations } from '../revocation/revocations.table.js';
import type { SessionEnding } from './sessions.repository.js';
import { OFFLINE_ACCESS } from './session.js';
import { isUnended } from './session-conditions.js';
import { sessions } from './sessions.table.js';

/**
 * One statement: no session is ever ended without its revocation being recorded.
 * @param lock taken before a row is, until the transaction ends
 * @returns the ids of those it ended
 */
export async function endWhere(
  db: Database,
  which: SQL | undefined,
  { reason, now, revokedUntil }: SessionEnding,
  lock: SQL = sql`null`,
): Promise<string[]> {
  const held = db.$with('held', { lock: sql<unknown>`null`.as('lock') }).as(sql`select ${lock}`);
  const ended = db
    .$with('ended')
    .as(
      db
        .update(sessions)
        .set({ endedAt: now, endReason: reason })
        .from(held)
        .where(and(which, isUnended))
        .returning({ id: sessions.id }),
    );
  const rows = await db
    .with(held, ended)
    .insert(revocations)
    .select(
      db
        .select({
          kind: sql<'session'>`'session'`.as('kind'),
          id: sql<string>`${ended.id}::text`.as('revoked_id'),
          issuedBefore: sql<Date | null>`null::timestamptz`.as('issued_before'),
          revokedAt: sql<Date>`now()`.as('revoked_at'),
          expiresAt: sql<Date>`${sql.param(revokedUntil, revocations.expiresAt)}::timestamptz`.as(
            'expires_at',
          ),
        })
        .from(ended),
    )
    .returning({ id: revocations.id });
  return rows.map((row) => row.id);
}

/**
 * Ends what was granted in sessions that this transaction has ended. Not in the same statement, which would not see what was
 * granted while it waited for their rows.
 * @returns the ids of those it ended
 */
export async function endChildren(
  db: Database,
  parents: readonly string[],
  { now, revokedUntil }: SessionEnding,
): Promise<string[]> {
  if (parents.length === 0) return [];
  const isOffline = sql`coalesce(${OFFLINE_ACCESS} = any(string_to_array(${sessions.scopes}, ' ')), false)`;
  const which = and(inArray(sessions.parentId, [...parents]), sql`not ${isOffline}`);
  return endWhere(db, which, { reason: 'parent_ended', now, revokedUntil });
}
