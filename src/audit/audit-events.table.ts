import { index, jsonb, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { firstIdAt } from '../common/time-ordered-id.js';
import type { ExpiredRows } from '../database/purge/expired-rows.js';
import type { ACTOR_KINDS, AuditDetails, AuditEventType, AuditOutcome } from './audit-event.js';
import { ownSchema } from '../database/own-schema.js';

/** Append-only: a trigger refuses every change, and every deletion but the purge's. */
export const auditEvents = ownSchema.table(
  'audit_events',
  {
    /** UUIDv7: in the order of time, so that it is the order of paging and the index by time, too. */
    id: uuid('id').primaryKey(),
    occurredAt: timestamp('occurred_at', { withTimezone: true, precision: 3 }).notNull(),
    type: text('type').$type<AuditEventType>().notNull(),
    outcome: text('outcome').$type<AuditOutcome>().notNull(),
    actorKind: text('actor_kind').$type<(typeof ACTOR_KINDS)[number]>().notNull(),
    actorId: text('actor_id'),
    subject: text('subject'),
    sessionId: text('session_id'),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    details: jsonb('details').$type<AuditDetails>().notNull().default({}),
  },
  (table) => [
    index('audit_events_subject_index').on(table.subject, table.id),
    index('audit_events_actor_index').on(table.actorId, table.id),
    index('audit_events_type_index').on(table.type, table.id),
    index('audit_events_ip_index').on(table.ip, table.id),
  ],
);

export type AuditRow = typeof auditEvents.$inferSelect;

/** @param retention how long events are kept; milliseconds */
export function expiredAuditEvents(retention: number): ExpiredRows {
  return {
    name: 'audit events',
    table: auditEvents,
    column: auditEvents.id,
    limit: ({ now }) => firstIdAt(now - retention),
    permission: 'latchkey.audit_purge',
  };
}
