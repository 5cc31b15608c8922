import { primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { ownSchema } from '../database/own-schema.js';

export const identityLinks = ownSchema.table(
  'identity_links',
  {
    strategy: text('strategy').notNull(),
    externalId: text('external_id').notNull(),
    /** No reference: users may be kept elsewhere. */
    subject: text('subject').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.strategy, table.externalId] }),
    uniqueIndex('identity_links_subject_unique').on(table.subject, table.strategy),
  ],
);
