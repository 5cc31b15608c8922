import { index, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';
import type { RevocationKind } from './revocation.js';
import { ownSchema } from '../../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const revocations = ownSchema.table(
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

const UNSURE_MARGIN = 86_400_000;

/**
 * A clock that is ahead deletes no revocation whose tokens live on when it comes back: not one that was ahead when this
 * process started, either, until the tokens of before have expired in any case; up to then with a day to spare.
 * @param longestLife of an access token; milliseconds
 */
export function expiredRevocations(longestLife: () => number): ExpiredRows {
  return {
    name: 'revocations',
    table: revocations,
    column: revocations.expiresAt,
    limit: ({ now, elapsed }) => new Date(elapsed >= longestLife() ? now : now - UNSURE_MARGIN),
  };
}
