import type { AuditRow } from '../../audit/audit-events.table.js';
import type { AuditLog, AuditPage, AuditQuery } from '../../audit/audit-log.js';
import { firstIdAt } from '../../common/time-ordered-id.js';
import type { KeptAuditEvents } from './kept-audit-events.js';
import type { PublicOf } from './public-of.js';

/** Reads the audit events that are kept, the newest first. */
export class InMemoryAuditLog implements PublicOf<AuditLog> {
  constructor(private readonly kept: KeptAuditEvents) {}

  async find(query: AuditQuery): Promise<AuditPage> {
    const found = this.kept.rows.filter((row) => isAsked(row, query)).toReversed();
    const events = found.slice(0, query.limit);
    return { events, next: found.length > query.limit ? events.at(-1)?.id : undefined };
  }
}

function isAsked(row: AuditRow, query: AuditQuery): boolean {
  const { from, to, before } = query;
  return [
    isOne(query.type, row.type),
    isOne(query.subject, row.subject),
    isOne(query.outcome, row.outcome),
    isOne(query.ip, row.ip),
    isOne(query.concerning, row.subject, row.actorId),
    isOne(query.actor, row.actorKind, row.actorId),
    !from || row.id >= firstIdAt(from.getTime()),
    !to || row.id < firstIdAt(to.getTime()),
    before === undefined || row.id < before,
  ].every(Boolean);
}

function isOne(asked: string | undefined, ...values: readonly (string | null)[]): boolean {
  return asked === undefined || values.includes(asked);
}
