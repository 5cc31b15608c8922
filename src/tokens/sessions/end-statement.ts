import { and, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { revocations } from '../revocation/revocations.table.js';
import type { SessionEnding } from './sessions.repository.js';
import { isUnended } from './session-conditions.js';
import { sessions } from './sessions.table.js';

/**
 * One statement: no session is ever ended without its revocation being recorded.
 * @returns the ids of those it ended
 */
export async function endWhere(
  db: Database,
  which: SQL | undefined,
  { reason, now, revokedUntil }: SessionEnding,
): Promise<string[]> {
  const ended = db
    .$with('ended')
    .as(
      db
        .update(sessions)
        .set({ endedAt: now, endReason: reason })
        .where(and(which, isUnended))
        .returning({ id: sessions.id }),
    );
  const rows = await db
    .with(ended)
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
