import type { AuditEvent } from './audit-event.js';
import type { AuditRow } from './audit-events.table.js';

/** As the event is kept. @param now when it happened; milliseconds */
export function auditRowOf(event: AuditEvent, id: string, now: number): AuditRow {
  return {
    id,
    occurredAt: new Date(now),
    type: event.type,
    outcome: event.outcome ?? 'success',
    actorKind: event.actor.kind,
    actorId: event.actor.kind === 'user' ? event.actor.id : null,
    subject: event.subject,
    sessionId: event.sessionId ?? null,
    ip: event.client?.ip ?? null,
    userAgent: event.client?.userAgent ?? null,
    requestId: event.client?.requestId ?? null,
    details: event.details ?? {},
  };
}
