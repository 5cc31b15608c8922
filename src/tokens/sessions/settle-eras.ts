import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { isBefore } from './session-conditions.js';
import { EVERYONE, sessionEras } from '../revocation/session-eras.table.js';
import { sessions } from './sessions.table.js';

/** Few, so that others have their turn soon also where there is only one connection. */
const SETTLED_AT_ONCE = 200;
/** What was under way when an era began has committed, or failed, by then: statements have a time-out. */
const UNDER_WAY = sql`interval '1 minute'`;
/** Eras looked at by one run. */
const ERAS_AT_ONCE = 100;

type Era = typeof sessionEras.$inferSelect;

/**
 * Lets the rows of sessions say that they are over, of eras for which not all do yet. Each step is a transaction of its own and
 * a bounded number of rows: a process that is killed leaves what another one goes on with.
 * @param step called between the steps; false: no further one
 */
export async function settleEras(db: Database, step: () => Promise<boolean>): Promise<void> {
  const eras = await db
    .select()
    .from(sessionEras)
    .where(isNull(sessionEras.settledAt))
    .orderBy(asc(sessionEras.begunAt))
    .limit(ERAS_AT_ONCE);
  for (const era of eras) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
    if (!(await settle(db, era, step))) return;
  }
}

async function settle(db: Database, era: Era, step: () => Promise<boolean>): Promise<boolean> {
  const { subject, erases } = era;
  if (!(await untilFew(() => endRows(db, era), step))) return false;
  if (
    erases &&
    subject !== EVERYONE &&
    !(await untilFew(() => eraseEnded(db, subject, SETTLED_AT_ONCE), step))
  )
    return false;
  await db
    .update(sessionEras)
    .set({ settledAt: sql`now()` })
    .where(
      and(
        eq(sessionEras.subject, subject),
        eq(sessionEras.era, era.era),
        sql`${sessionEras.begunAt} < now() - ${UNDER_WAY}`,
        sql`not exists (select from ${sessions} where ${isUnsettled(era)})`,
      ),
    );
  return true;
}

/** @returns false if it was stopped */
async function untilFew(batch: () => Promise<number>, step: () => Promise<boolean>): Promise<boolean> {
  for (;;) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
    if ((await batch()) < SETTLED_AT_ONCE) return true;
    // oxlint-disable-next-line eslint/no-await-in-loop -- the same
    if (!(await step())) return false;
  }
}

/** Those that do not say yet that they are over. */
function isUnsettled({ subject, era, endedAt }: Era): SQL | undefined {
  return and(
    subject === EVERYONE ? undefined : eq(sessions.subject, subject),
    isNull(sessions.endedAt),
    isBefore(sql`${era}::bigint`, sql`${endedAt.toISOString()}::timestamptz`),
  );
}

async function endRows(db: Database, era: Era): Promise<number> {
  const { subject, endedAt, reason } = era;
  const batch = batchOf(isUnsettled(era), SETTLED_AT_ONCE, subject === EVERYONE);
  const ended = await db
    .update(sessions)
    .set({ endedAt, endReason: sql`${reason}` })
    .where(sql`${sessions.id} = any(array(${batch}))`)
    .returning({ id: sessions.id });
  return ended.length;
}

/**
 * Deletes rows of sessions that have ended.
 * @param limit how many at most
 * @returns how many
 */
export async function eraseEnded(db: Database, subject: string, limit: number): Promise<number> {
  const which = and(eq(sessions.subject, subject), isNotNull(sessions.endedAt));
  const erased = await db
    .delete(sessions)
    .where(sql`${sessions.id} = any(array(${batchOf(which, limit)}))`)
    .returning({ id: sessions.id });
  return erased.length;
}

/**
 * Rows that another transaction is changing are left for another time.
 * @param inOrder of the index, which leads past those that have ended
 */
function batchOf(which: SQL | undefined, limit: number, inOrder = false): SQL {
  const order = inOrder ? sql`order by ${sessions.subject}` : sql``;
  return sql`select ${sessions.id} from ${sessions} where ${which} ${order} limit ${limit} for update skip locked`;
}
