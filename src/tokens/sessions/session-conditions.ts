import { and, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import type { SessionPosition } from './session-page.js';
import { sessions } from './sessions.table.js';

export function isOpen(now: Date): SQL | undefined {
  return and(isNull(sessions.endedAt), gt(sessions.idleExpiresAt, now), gt(sessions.expiresAt, now));
}

/** In a list that is in descending order. */
export function isAfter({ lastUsedAt, id }: SessionPosition): SQL {
  const [time, last] = [sql.param(lastUsedAt, sessions.lastUsedAt), sql.param(id, sessions.id)];
  return sql`(${sessions.lastUsedAt}, ${sessions.id}) < (${time}::timestamptz, ${last}::uuid)`;
}

export function isExpired(now: Date): SQL | undefined {
  return and(isNull(sessions.endedAt), or(lte(sessions.idleExpiresAt, now), lte(sessions.expiresAt, now)));
}
