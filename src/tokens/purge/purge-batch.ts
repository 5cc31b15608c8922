import { sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../../database/database.js';
import { oneTimeTokens } from '../one-time/one-time-tokens.table.js';
import { revocations } from '../revocation/revocations.table.js';
import { sessions } from '../sessions/sessions.table.js';

/** Small enough to be gone in some milliseconds. */
export const BATCH_SIZE = 500;
/** Advisory lock of the process that purges: any constant that nothing else uses ("lk-purge" in hexadecimal). */
const PURGE_LOCK = '7812387939634276197';
/** Until then it can be asked what became of a session. Milliseconds. */
const SESSIONS_KEPT = 86_400_000;

/** Rows that are not needed from some time on. Nothing makes such a row live again. */
export interface DueRows {
  readonly name: 'sessions' | 'revocations' | 'oneTimeTokens';
  readonly table: PgTable;
  /** Has an index. */
  readonly column: AnyPgColumn;
  /** What is no later than this is due at `now`. */
  readonly limit: (now: number) => Date;
}

const endOfKeeping = (now: number): Date => new Date(now - SESSIONS_KEPT - 1);

/** By either of their ends. */
export const DUE_SESSIONS: readonly DueRows[] = [
  { name: 'sessions', table: sessions, column: sessions.endedAt, limit: endOfKeeping },
  { name: 'sessions', table: sessions, column: sessions.expiresAt, limit: endOfKeeping },
];

export const DUE_REVOCATIONS: DueRows = {
  name: 'revocations',
  table: revocations,
  column: revocations.expiresAt,
  limit: (now) => new Date(now),
};

export const DUE_ONE_TIME_TOKENS: DueRows = {
  name: 'oneTimeTokens',
  table: oneTimeTokens,
  column: oneTimeTokens.expiresAt,
  // Those of the last day count for how soon another may follow.
  limit: (now) => new Date(now - 86_400_000),
};

/**
 * Deletes the oldest of them. One statement, which is a transaction of its own: a process that is killed leaves nothing held.
 * Rows that another transaction is changing are left for another time.
 * @returns how many; undefined if another instance is at it
 */
export async function purgeBatch(
  db: Database,
  { table, column, limit }: DueRows,
  now: number,
): Promise<number | undefined> {
  const due = sql`select ctid from ${table}
    where (select held from lock) and ${column} <= ${sql.param(limit(now), column)}
    order by ${column} limit ${BATCH_SIZE} for update skip locked`;
  const { rows } = (await db.execute(sql`
    with lock as materialized (select pg_try_advisory_xact_lock(${sql.raw(PURGE_LOCK)}) as held),
    gone as (delete from ${table} where ctid = any(array(${due})) returning 1)
    select held, (select count(*)::int from gone) as count from lock
  `)) as { rows: { held: boolean; count: number }[] };
  return rows[0]?.held ? rows[0].count : undefined;
}
