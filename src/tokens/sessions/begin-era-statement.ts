import { and, eq, gt, inArray, isNull, max, not, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { revocations } from '../revocation/revocations.table.js';
import { isBefore } from './session-conditions.js';
import { EVERYONE, sessionEras } from '../revocation/session-eras.table.js';
import { type AllToEnd, ENDED_AT_ONCE, type EndedAll } from './sessions.repository.js';
import { sessions } from './sessions.table.js';
import { endingLock, EVERYONES_LOCK } from './session-locks.js';

const instant = (date: Date): SQL => sql`${date.toISOString()}::timestamptz`;

/**
 * Ends all open sessions by one number, however many they are: those of an earlier era are over once the transaction has
 * committed, also one that is being opened now. The sessions used last are ended row by row as well.
 * @param subject `EVERYONE`: of all subjects
 */
export async function beginEra(db: Database, subject: string, all: AllToEnd): Promise<EndedAll> {
  await lockEra(db, subject, all);
  const isOpen = and(isNull(sessions.endedAt), not(await isBeforeNow(db, subject)));
  const { reason, now, revokedUntil, except, erase = false } = all;
  const ofSubject = subject === EVERYONE ? undefined : eq(sessions.subject, subject);
  const open = and(ofSubject, isOpen);
  const spared = and(open, except === undefined ? sql`false` : sql`${sessions.id} = ${except}::uuid`);
  const { rows } = (await db.execute(sql`
    with spared as materialized (select ${sessions.id} as id from ${sessions} where ${spared} for update),
    begun as (
      update ${sessionEras} set era = default, begun_at = now(), ended_at = ${instant(now)}, reason = ${reason},
        spared = (select id from spared), erases = ${erase}, settled_at = null, revoked_until = ${instant(revokedUntil)}
      where ${sessionEras.subject} = ${subject} returning ${sessionEras.era} as era
    ),
    taken as (
      update ${sessions} set era = begun.era from begun, spared where ${sessions.id} = spared.id returning 1
    ),
    due as materialized (
      select ${sessions.id} as id from ${sessions} where ${open} and not exists (select from spared where spared.id = ${sessions.id})
      order by ${sessions.lastUsedAt} desc limit ${ENDED_AT_ONCE}
    ),
    ended as (
      update ${sessions} set ended_at = ${instant(now)}, end_reason = ${reason} from due
      where ${sessions.id} = due.id and ${sessions.endedAt} is null returning ${sessions.id} as id
    ),
    recorded as (
      insert into ${revocations} (kind, id, revoked_at, expires_at)
      select 'session', id::text, now(), ${instant(revokedUntil)} from ended returning 1
    )
    select era::text as era, (select id::text from spared) as spared,
      (select count(*)::int from ${sessions} where ${open}) - (select count(*)::int from spared) as count,
      (select coalesce(json_agg(id), '[]')::text from ended) as ids
    from begun
  `)) as { rows: { era: string; spared: string | null; count: number; ids: string }[] };
  const [row] = rows;
  if (!row) throw new Error('The row of the era is gone although it was locked.');
  const ids = JSON.parse(row.ids) as string[];
  const count = ids.length < ENDED_AT_ONCE ? ids.length : Math.max(row.count, ids.length);
  return { ids, count, era: { number: Number(row.era), spared: row.spared } };
}

/** Opened before the eras that have begun: compared with one number, since there may be very many sessions. */
async function isBeforeNow(db: Database, subject: string): Promise<SQL> {
  const [last] = await db
    .select({ era: max(sessionEras.era), endedAt: max(sessionEras.endedAt) })
    .from(sessionEras)
    .where(and(inArray(sessionEras.subject, [subject, EVERYONE]), gt(sessionEras.era, 0)));
  if (!last?.era || !last.endedAt) return sql`false`;
  return isBefore(sql`${last.era}::bigint`, instant(last.endedAt));
}

/** By a statement of its own, so that the next one sees what those before it have committed. */
async function lockEra(
  db: Database,
  subject: string,
  { reason, now, revokedUntil }: AllToEnd,
): Promise<void> {
  const lock = subject === EVERYONE ? EVERYONES_LOCK : endingLock(subject);
  await db.execute(sql`
    with held as materialized (select ${lock})
    insert into ${sessionEras} (subject, era, ended_at, reason, revoked_until)
    select ${subject}, 0, ${instant(now)}, ${reason}, ${instant(revokedUntil)} from held
    on conflict (subject) do update set subject = excluded.subject
  `);
}
