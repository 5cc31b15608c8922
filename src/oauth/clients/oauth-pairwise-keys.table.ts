import { text } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';

/** One row: what ids of users are made with that clients of one sector alone see. */
export const oauthPairwiseKeys = ownSchema.table('oauth_pairwise_keys', {
  purpose: text('purpose').primaryKey(),
  /** 32 bytes, base64url. */
  key: text('key').notNull(),
});
