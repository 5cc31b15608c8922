import type { JsonWebKey } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { bigint, jsonb, text, timestamp } from 'drizzle-orm/pg-core';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';
import { ownSchema } from '../../database/own-schema.js';

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const signingKeys = ownSchema.table('signing_keys', {
  kid: text('kid').primaryKey(),
  alg: text('alg').notNull(),
  publicJwk: jsonb('public_jwk').$type<JsonWebKey>().notNull(),
  /** PKCS #8, sealed under a key derived from `APP_SECRET`; empty once the key is revoked. */
  sealedPrivateKey: text('sealed_private_key').notNull(),
  createdAt: time('created_at').notNull(),
  signsFrom: time('signs_from').notNull(),
  /** Null until it has a successor. */
  signsUntil: time('signs_until'),
  /** The longest life of a token that it signs, in milliseconds: so long it verifies after it has signed. */
  tokenTtl: bigint('token_ttl', { mode: 'number' }).notNull(),
  revokedAt: time('revoked_at'),
});

/** Keys whose last token has expired, by `clockLeeway` milliseconds. There are few. */
export function expiredSigningKeys(clockLeeway: number): ExpiredRows {
  return {
    name: 'signing keys',
    table: signingKeys,
    column: sql`(${signingKeys.signsUntil} + ${signingKeys.tokenTtl} * interval '1 millisecond')`,
    limit: ({ now }) => sql`${new Date(now - clockLeeway).toISOString()}::timestamptz`,
  };
}
