import { isNull } from 'drizzle-orm';
import { index, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { ownSchema } from '../../database/own-schema.js';
import type { ExpiredRows } from '../../database/purge/expired-rows.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Grants whose client is to be told when they end. A row goes once it was told, or the grant's time is over. */
export const oauthLogouts = ownSchema.table(
  'oauth_logouts',
  {
    /** The session that the grant is. */
    sessionId: uuid('session_id').primaryKey(),
    clientId: text('client_id').notNull(),
    /** The user's id: they may be gone when the client is told. */
    subject: text('subject').notNull(),
    /** When it is looked at next. The instance that takes it puts that off, so that no other does. */
    dueAt: instant('due_at').notNull(),
    /** When it was found to have ended; null: it is open, as far as is known. */
    endedAt: instant('ended_at'),
    attempts: integer('attempts').notNull(),
    /** Not tried again. */
    gaveUpAt: instant('gave_up_at'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    index('oauth_logouts_due_index').on(table.dueAt).where(isNull(table.gaveUpAt)),
    index('oauth_logouts_subject_index').on(table.subject),
    index('oauth_logouts_expires_at_index').on(table.expiresAt),
  ],
);

/** A client may still have to be told of the end of a session whose own time is over since. Milliseconds. */
const KEPT = 86_400_000;

export const EXPIRED_OAUTH_LOGOUTS: ExpiredRows = {
  name: 'logouts of OAuth clients',
  table: oauthLogouts,
  column: oauthLogouts.expiresAt,
  limit: ({ now }) => new Date(now - KEPT),
};
