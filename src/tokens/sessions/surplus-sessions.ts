import { and, asc, desc, eq, isNull, notInArray } from 'drizzle-orm';
import type { Database } from '../../database/database.js';
import { isOpen } from './session-conditions.js';
import { sessions } from './sessions.table.js';

/** A login takes no longer, however far above the bound the subject is. */
const ENDED_AT_ONCE = 1_000;

/** @returns ids of the subject's open sessions, grants aside, beyond the `kept` used last, those used longest ago first */
export async function findSurplus(db: Database, subject: string, kept: number, now: Date): Promise<string[]> {
  const open = and(eq(sessions.subject, subject), isNull(sessions.clientId), isOpen(now));
  const last = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(open)
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
    .limit(kept);
  const surplus = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(open, kept > 0 ? notInArray(sessions.id, last) : undefined))
    .orderBy(asc(sessions.lastUsedAt), asc(sessions.id))
    .limit(ENDED_AT_ONCE);
  return surplus.map(({ id }) => id);
}
