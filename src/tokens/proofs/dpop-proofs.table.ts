import { index, text, timestamp } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';

/** DPoP proofs that were used at guarded routes. */
export const dpopProofs = ownSchema.table(
  'dpop_proofs',
  {
    /** SHA-256 of its key and its `jti`, base64url. */
    id: text('id').primaryKey(),
    expiresAt: timestamp('expires_at', { withTimezone: true, precision: 3 }).notNull(),
  },
  (table) => [index('dpop_proofs_expires_at_index').on(table.expiresAt)],
);

export const EXPIRED_DPOP_PROOFS: ExpiredRows = {
  name: 'DPoP proofs',
  table: dpopProofs,
  column: dpopProofs.expiresAt,
  limit: ({ now }) => new Date(now),
};
