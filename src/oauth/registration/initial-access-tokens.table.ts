import { index, integer, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';
import type { ClientGrant } from '../clients/oauth-client.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const initialAccessTokens = ownSchema.table(
  'oauth_initial_access_tokens',
  {
    id: uuid('id').primaryKey(),
    hash: text('token_hash').notNull(),
    name: text('name').notNull(),
    grants: text('grants').array().$type<ClientGrant[]>().notNull(),
    scopes: text('scopes').array().notNull(),
    uses: integer('uses').notNull(),
    usesLeft: integer('uses_left').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('oauth_initial_access_tokens_token_hash_key').on(table.hash),
    index('oauth_initial_access_tokens_expires_at_index').on(table.expiresAt),
  ],
);

export const EXPIRED_INITIAL_ACCESS_TOKENS: ExpiredRows = {
  name: 'initial access tokens of OAuth clients',
  table: initialAccessTokens,
  column: initialAccessTokens.expiresAt,
  limit: ({ now }) => new Date(now),
};
