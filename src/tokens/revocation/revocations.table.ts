import { index, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core';

export const revocations = pgTable(
  'revocations',
  {
    sessionId: uuid('session_id').primaryKey(),
    revokedAt: timestamp('revoked_at', { withTimezone: true, precision: 3 }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, precision: 3 }).notNull(),
  },
  (table) => [index('revocations_revoked_at_index').on(table.revokedAt)],
);
