import { bigint, boolean, index, integer, text } from 'drizzle-orm/pg-core';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';
import { ownSchema } from '../../database/own-schema.js';

const milliseconds = (name: string) => bigint(name, { mode: 'number' });

/** Requests of a client in a window. */
export const rateLimits = ownSchema.table(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    expire: milliseconds('expire'),
  },
  (table) => [index('rate_limits_expire_index').on(table.expire)],
);

/** Wrong passwords, by whose they are. */
export const failedAttempts = ownSchema.table(
  'failed_attempts',
  {
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    countedAt: milliseconds('counted_at').notNull(),
    noticed: boolean('noticed').notNull(),
    /** Tries, counted among the failures, whose end is not known yet. */
    pending: integer('pending').notNull().default(0),
    previousFailures: integer('previous_failures').notNull().default(0),
    previousCountedAt: milliseconds('previous_counted_at').notNull().default(0),
    expiresAt: milliseconds('expires_at').notNull(),
  },
  (table) => [index('failed_attempts_expires_at_index').on(table.expiresAt)],
);

/** Counters that have run out. Where they are in Redis, or in the process, there are none to find. */
export const EXPIRED_COUNTERS: readonly ExpiredRows[] = [
  { name: 'request counts', table: rateLimits, column: rateLimits.expire, limit: ({ now }) => now },
  {
    name: 'counts of wrong passwords',
    table: failedAttempts,
    column: failedAttempts.expiresAt,
    limit: ({ now }) => now,
  },
];
