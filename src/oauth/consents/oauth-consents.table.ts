import { index, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What people allowed to clients of others, so that they are not asked again. Triggers of `oauth_clients` delete what belongs to none. */
export const oauthConsents = ownSchema.table(
  'oauth_consents',
  {
    /** The user's id. */
    subject: text('subject').notNull(),
    clientId: text('client_id').notNull(),
    /** With one space between them. */
    scopes: text('scopes').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subject, table.clientId] }),
    index('oauth_consents_client_index').on(table.clientId),
  ],
);
