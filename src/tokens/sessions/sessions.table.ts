import { isNotNull, isNull, sql } from 'drizzle-orm';
import { bigint, customType, index, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { ExpiredRows, PurgeTime } from '../../database/purge/expired-rows.js';
import { ownSchema } from '../../database/own-schema.js';
import { scopesOf, scopeText } from './scope-list.js';
import type { SessionEndReason } from './session.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

const wordList = customType<{ data: readonly string[]; driverData: string }>({
  dataType: () => 'text',
  toDriver: scopeText,
  fromDriver: scopesOf,
});

export const sessions = ownSchema.table(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    subject: text('subject').notNull(),
    generation: integer('generation').notNull(),
    secretHash: text('secret_hash').notNull(),
    graceUntil: instant('grace_until'),
    createdAt: instant('created_at').notNull(),
    reauthenticatedAt: instant('reauthenticated_at'),
    methods: wordList('methods'),
    lastUsedAt: instant('last_used_at').notNull(),
    idleExpiresAt: instant('idle_expires_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    endReason: text('end_reason').$type<SessionEndReason>(),
    /** Null: opened by an instance of a version that knew no eras. */
    era: bigint('era', { mode: 'number' }),
    clientId: text('client_id'),
    scopes: wordList('scopes'),
    parentId: uuid('parent_id'),
    jkt: text('jkt'),
    audience: text('audience'),
    ip: text('ip'),
    userAgent: text('user_agent'),
  },
  (table) => [
    index('sessions_open_subject_index').on(table.subject).where(isNull(table.endedAt)),
    // For the purge. Of columns that a rotation leaves alone, so that it touches no index.
    index('sessions_expires_at_index').on(table.expiresAt),
    index('sessions_ended_subject_index').on(table.subject).where(isNotNull(table.endedAt)),
    index('sessions_parent_index')
      .on(table.parentId)
      .where(sql`${table.parentId} is not null and ${table.endedAt} is null`),
    index('sessions_client_index')
      .on(table.clientId)
      .where(sql`${table.clientId} is not null and ${table.endedAt} is null`),
    index('sessions_ended_at_index').on(table.endedAt).where(isNotNull(table.endedAt)),
  ],
);

/** Until then it can be asked what became of a session. Milliseconds. */
const KEPT = 86_400_000;
const endOfKeeping = ({ now }: PurgeTime): Date => new Date(now - KEPT - 1);

/** By either of their ends. */
export const EXPIRED_SESSIONS: readonly ExpiredRows[] = [sessions.endedAt, sessions.expiresAt].map(
  (column) => ({ name: 'sessions', table: sessions, column, limit: endOfKeeping }),
);
