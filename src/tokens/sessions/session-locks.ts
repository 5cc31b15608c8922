import { type SQL, sql } from 'drizzle-orm';
import { lockKey } from '../../database/own-schema.js';

/** Shared by those that concern one subject, and exclusive to one that concerns everyone. */
const ERAS_LOCK = lockKey('session eras');

/**
 * Other transactions that ask for it wait until this one ends: sessions of the subject can be counted, and several of them be
 * ended, in whatever order.
 */
export function subjectLock(subject: string): SQL {
  return sql`pg_advisory_xact_lock(${lockKey(`sessions of ${subject}`)})`;
}

/** The same, and that no era of everyone begins meanwhile. */
export function endingLock(subject: string): SQL {
  return sql`pg_advisory_xact_lock_shared(${ERAS_LOCK}), ${subjectLock(subject)}`;
}

/** Of an era of everyone. */
export const EVERYONES_LOCK = sql`pg_advisory_xact_lock(${ERAS_LOCK})`;
