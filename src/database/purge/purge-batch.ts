import { is, SQL, sql } from 'drizzle-orm';
import type { Database } from '../database.js';
import { lockKey } from '../own-schema.js';
import type { ExpiredRows, PurgeTime } from './expired-rows.js';

/** Small enough to be gone in some milliseconds. */
export const BATCH_SIZE = 500;
/** Advisory lock of the process that purges. */
const PURGE_LOCK = lockKey('purge');

/**
 * Deletes the oldest of them in a transaction of its own: a process that is killed leaves nothing held.
 * Rows that another transaction is changing are left for another time.
 * @returns how many; undefined if another instance is at it
 */
export async function purgeBatch(
  db: Database,
  expired: ExpiredRows,
  time: PurgeTime,
): Promise<number | undefined> {
  const { permission } = expired;
  if (permission === undefined) return deleteBatch(db, expired, time);
  return db.transaction(async (transaction) => {
    await transaction.execute(sql`select set_config(${permission}, 'on', true)`);
    return deleteBatch(transaction, expired, time);
  });
}

async function deleteBatch(
  db: Database,
  { table, column, limit, permission }: ExpiredRows,
  time: PurgeTime,
): Promise<number | undefined> {
  const last = limit(time);
  const value = is(column, SQL) ? sql`${last}` : sql.param(last, column);
  // Nothing changes rows of an append-only table, and a lock on them needs the right to.
  const lock = permission === undefined ? sql`for update skip locked` : sql``;
  const due = sql`select ctid from ${table}
    where (select held from lock) and ${column} <= ${value}
    order by ${column} limit ${BATCH_SIZE} ${lock}`;
  const { rows } = (await db.execute(sql`
    with lock as materialized (select pg_try_advisory_xact_lock(${PURGE_LOCK}) as held),
    gone as (delete from ${table} where ctid = any(array(${due})) returning 1)
    select held, (select count(*)::int from gone) as count from lock
  `)) as { rows: { held: boolean; count: number }[] };
  return rows[0]?.held ? rows[0].count : undefined;
}
