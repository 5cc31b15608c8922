import { and, type AnyColumn, getTableColumns, gt, isNull, lte, not, or, type SQL, sql } from 'drizzle-orm';
import { EVERYONE, sessionEras } from '../revocation/session-eras.table.js';
import { scopeText } from './scope-list.js';
import type { GrantBounds } from './grant-search.js';
import type { Session } from './session.js';
import type { SessionPosition } from './session-page.js';
import { sessions } from './sessions.table.js';

/** With its table, also where Drizzle leaves that out. */
const ofSession = ({ name }: AnyColumn): SQL => sql`${sessions}.${sql.identifier(name)}`;

/** The eras, of its subject and of everyone, that the session was opened before. */
const LATER_ERAS = sql`from ${sessionEras} where ${sessionEras.subject} in (${ofSession(sessions.subject)}, ${sql.raw(`'${EVERYONE}'`)})
  and ${isBefore(sessionEras.era, sessionEras.endedAt)}`;

/** @param era @param endedAt of the era, columns or values */
export function isBefore(era: SQL | AnyColumn, endedAt: SQL | AnyColumn): SQL {
  const [own, createdAt] = [ofSession(sessions.era), ofSession(sessions.createdAt)];
  return sql`(${own} < ${era} or (${own} is null and ${createdAt} <= ${endedAt}))`;
}

/** Ended with all others of its subject; the row may not say so yet. */
export const isOfPastEra = sql`exists (select ${LATER_ERAS})`;

export const isUnended = and(isNull(sessions.endedAt), not(isOfPastEra));

export function isOpen(now: Date): SQL | undefined {
  return and(isUnended, gt(sessions.idleExpiresAt, now), gt(sessions.expiresAt, now));
}

export function isExpired(now: Date): SQL | undefined {
  return and(isUnended, or(lte(sessions.idleExpiresAt, now), lte(sessions.expiresAt, now)));
}

/** Whether a grant has more than that. */
export function isBeyond({ scopes, audiences }: GrantBounds): SQL | undefined {
  const [allowed, others] = [sql.param(scopeText(scopes)), sql.param(JSON.stringify(audiences))];
  return or(
    sql`not string_to_array(${ofSession(sessions.scopes)}, ' ') <@ string_to_array(${allowed}::text, ' ')`,
    audiences && sql`not ${others}::jsonb ? ${ofSession(sessions.audience)}`,
  );
}

/** In a list that is in descending order. */
export function isAfter({ lastUsedAt, id }: SessionPosition): SQL {
  const [time, last] = [sql.param(lastUsedAt, sessions.lastUsedAt), sql.param(id, sessions.id)];
  return sql`(${sessions.lastUsedAt}, ${sessions.id}) < (${time}::timestamptz, ${last}::uuid)`;
}

const ofFirstEra = (column: AnyColumn): SQL =>
  sql`(select ${column} ${LATER_ERAS} order by ${sessionEras.era} limit 1)`;

/** A session as it is, whatever its row says by itself. */
export const SESSION = {
  ...getTableColumns(sessions),
  endedAt: sql<Date | null>`coalesce(${ofSession(sessions.endedAt)}, ${ofFirstEra(sessionEras.endedAt)})`
    .mapWith(sessions.endedAt)
    .as('ended_at'),
  endReason: sql<
    Session['endReason']
  >`coalesce(${ofSession(sessions.endReason)}, ${ofFirstEra(sessionEras.reason)})`.as('end_reason'),
};
