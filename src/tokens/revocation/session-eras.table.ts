import { bigint, boolean, index, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';
import { ownSchema } from '../../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Of the row that concerns all subjects. */
export const EVERYONE = '';

/** The era of each subject whose sessions have all been ended at once: those of an earlier one are over. */
export const sessionEras = ownSchema.table(
  'session_eras',
  {
    subject: text('subject').primaryKey(),
    /** The default is a number greater than any before, of whichever subject. */
    era: bigint('era', { mode: 'number' }).notNull().generatedByDefaultAsIdentity(),
    /** By the database's clock. */
    begunAt: instant('begun_at').notNull().defaultNow(),
    /** By the clock that also stamps sessions and tokens; asked only about those of earlier versions. */
    endedAt: instant('ended_at').notNull(),
    reason: text('reason').notNull(),
    /** The session that was taken into the era, whose access tokens of before live on. */
    spared: uuid('spared'),
    /** Nothing is kept of the sessions that have ended. */
    erases: boolean('erases').notNull().default(false),
    /** Since when the rows of the sessions say by themselves that they are over, by the database's clock; null: not all do. */
    settledAt: instant('settled_at').defaultNow(),
    /** When the last access token of an earlier era has expired. */
    revokedUntil: instant('revoked_until').notNull(),
  },
  (table) => [
    index('session_eras_begun_at_index').on(table.begunAt),
    index('session_eras_settled_at_index').on(table.settledAt),
  ],
);

const DAY = 86_400_000;

/**
 * Eras go when no session can be there that was opened before, and never before the rows of such sessions say that they are over.
 * @param sessionMaxAge milliseconds
 */
export function expiredEras(sessionMaxAge: number): ExpiredRows {
  return {
    name: 'session eras',
    table: sessionEras,
    column: sessionEras.settledAt,
    limit: ({ now }) => new Date(now - sessionMaxAge - DAY),
  };
}
