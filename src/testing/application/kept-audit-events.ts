import type { AuditEvent } from '../../audit/audit-event.js';
import type { AuditRow } from '../../audit/audit-events.table.js';
import { auditRowOf } from '../../audit/audit-row.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { Clock } from '../../common/clock.js';
import { TimeOrderedIds } from '../../common/time-ordered-id.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { MemoryTable } from '../memory/memory-table.js';

/** Keeps the audit events of an application under test. */
export class KeptAuditEvents extends AuditSink {
  private readonly events = new MemoryTable<{ readonly event: AuditEvent; readonly row: AuditRow }>();
  private readonly ids = new TimeOrderedIds();

  /** @internal */
  constructor(private readonly clock: Clock) {
    super();
  }

  /** All of them, in order. */
  get all(): readonly AuditEvent[] {
    return this.events.all().map(({ event }) => event);
  }

  /** @internal As the table would hold them, in order. */
  get rows(): AuditRow[] {
    return this.events.all().map(({ row }) => row);
  }

  /** Called by the application. */
  async record(event: AuditEvent, transaction?: Transaction): Promise<void> {
    const now = this.clock.now();
    const row = auditRowOf(event, this.ids.next(now), now);
    this.events.set(row.id, { event, row }, transaction);
  }

  /** Forgets all of them. */
  clear(): void {
    this.events.clear();
  }
}
