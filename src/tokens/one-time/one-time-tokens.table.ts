import { index, jsonb, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';
import type { OneTimePurpose } from './one-time-token.js';
import { ownSchema } from '../../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const oneTimeTokens = ownSchema.table(
  'one_time_tokens',
  {
    subject: text('subject').notNull(),
    purpose: text('purpose').$type<OneTimePurpose>().notNull(),
    tokenHash: text('token_hash').notNull(),
    binding: text('binding').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    id: uuid('id').notNull().defaultRandom(),
    sessionId: text('session_id'),
    /** Empty for the newest; its hash for an older one that stays good beside it. */
    slot: text('slot').notNull().default(''),
  },
  (table) => [
    // The older of two gives way to the newer.
    primaryKey({ columns: [table.subject, table.purpose, table.slot] }),
    uniqueIndex('one_time_tokens_token_hash_unique').on(table.tokenHash),
    // For lists.
    index('one_time_tokens_purpose_index').on(table.purpose, table.id),
    // For the purge.
    index('one_time_tokens_expires_at_index').on(table.expiresAt),
  ],
);

export const EXPIRED_ONE_TIME_TOKENS: ExpiredRows = {
  name: 'one-time tokens',
  table: oneTimeTokens,
  column: oneTimeTokens.expiresAt,
  // Those of the last day count for how soon another may follow.
  limit: ({ now }) => new Date(now - 86_400_000),
};
