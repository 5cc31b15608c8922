import { isNotNull } from 'drizzle-orm';
import { index, integer, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What OAuth flows keep between two requests: codes, pushed requests, interactions, device codes, proofs that were seen. */
export const oauthArtifacts = ownSchema.table(
  'oauth_artifacts',
  {
    /** What it is, e.g. `AuthorizationCode`. */
    model: text('model').notNull(),
    /** SHA-256 of its identifier, base64url: the identifier is what a client or a browser holds. */
    idHash: text('id_hash').notNull(),
    /** JSON, sealed. */
    sealed: text('sealed').notNull(),
    /** The session that it became, or is to become. */
    grantId: uuid('grant_id'),
    /** Of what becomes a session: SHA-256 of the user it is of, and of the client; null: not known yet. */
    holderHash: text('holder_hash'),
    /** Of a device code: HMAC of what people type, under a key of `APP_SECRET`; of versions before that, its SHA-256. */
    userCodeHash: text('user_code_hash'),
    expiresAt: instant('expires_at').notNull(),
    consumedAt: instant('consumed_at'),
    /** Of a device code: seconds that its device waits from one poll to the next; null: as at first. */
    pollInterval: integer('poll_interval'),
    /** Null: it has not polled yet. */
    nextPollAt: instant('next_poll_at'),
  },
  (table) => [
    primaryKey({ columns: [table.model, table.idHash] }),
    index('oauth_artifacts_grant_index').on(table.grantId).where(isNotNull(table.grantId)),
    index('oauth_artifacts_holder_index').on(table.holderHash).where(isNotNull(table.holderHash)),
    uniqueIndex('oauth_artifacts_user_code_index')
      .on(table.userCodeHash)
      .where(isNotNull(table.userCodeHash)),
    index('oauth_artifacts_expires_at_index').on(table.expiresAt),
  ],
);

/** A replay of a used code is still to be known as one for that long. Milliseconds. */
const KEPT = 60_000;

export const EXPIRED_OAUTH_ARTIFACTS: ExpiredRows = {
  name: 'OAuth requests and codes',
  table: oauthArtifacts,
  column: oauthArtifacts.expiresAt,
  limit: ({ now }) => new Date(now - KEPT),
};
