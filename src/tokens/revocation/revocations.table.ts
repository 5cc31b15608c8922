import { index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { RevocationKind } from './revocation.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const revocations = pgTable(
  'revocations',
  {
    kind: text('kind').$type<RevocationKind>().notNull(),
    id: text('id').notNull(),
    issuedBefore: instant('issued_before'),
    revokedAt: instant('revoked_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.id] }),
    index('revocations_revoked_at_index').on(table.revokedAt),
    index('revocations_expires_at_index').on(table.expiresAt),
  ],
);
