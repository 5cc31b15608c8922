import { boolean, integer, jsonb, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';
import type { ClientKeys } from './client-keys.js';
import type { ClientGrant, OAuthClient } from './oauth-client.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const oauthClients = ownSchema.table('oauth_clients', {
  id: text('id').primaryKey(),
  sid: uuid('sid').notNull(),
  name: text('name').notNull(),
  type: text('type').$type<OAuthClient['type']>().notNull(),
  firstParty: boolean('first_party').notNull(),
  grants: text('grants').array().$type<ClientGrant[]>().notNull(),
  redirectUris: text('redirect_uris').array().notNull(),
  postLogoutRedirectUris: text('post_logout_redirect_uris').array().notNull(),
  scopes: text('scopes').array().notNull(),
  origins: text('origins').array().notNull(),
  audiences: text('audiences').array().notNull(),
  authMethod: text('auth_method').$type<OAuthClient['authMethod']>().notNull(),
  jwks: jsonb('jwks').$type<ClientKeys>(),
  requirePar: boolean('require_par').notNull(),
  dpopBound: boolean('dpop_bound').notNull(),
  subjectType: text('subject_type').$type<OAuthClient['subjectType']>().notNull(),
  sector: text('sector'),
  backchannelLogoutUri: text('backchannel_logout_uri'),
  frontchannelLogoutUri: text('frontchannel_logout_uri'),
  accessTokenTtl: integer('access_token_ttl'),
  refreshTokenTtl: integer('refresh_token_ttl'),
  grantMaxAge: integer('grant_max_age'),
  disabled: boolean('disabled').notNull(),
  fixed: boolean('fixed').notNull(),
  registeredWith: uuid('registered_with'),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const oauthClientSecrets = ownSchema.table(
  'oauth_client_secrets',
  {
    clientId: text('client_id')
      .notNull()
      .references(() => oauthClients.id, { onDelete: 'cascade' }),
    hash: text('secret_hash').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.hash] })],
);
