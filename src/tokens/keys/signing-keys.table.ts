import type { JsonWebKey } from 'node:crypto';
import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const signingKeys = pgTable('signing_keys', {
  kid: text('kid').primaryKey(),
  alg: text('alg').notNull(),
  publicJwk: jsonb('public_jwk').$type<JsonWebKey>().notNull(),
  /** PKCS #8, sealed under a key derived from `APP_SECRET`. */
  sealedPrivateKey: text('sealed_private_key').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull(),
});
