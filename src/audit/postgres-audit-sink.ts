import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Transaction, Write } from '../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { columnsOf, insertionInto } from '../database/insertion.js';
import { plainWrite } from '../database/sql-write.js';
import type { AuditEvent } from './audit-event.js';
import { auditEvents, type AuditRow } from './audit-events.table.js';
import { AuditSink } from './audit-sink.js';
import { TimeOrderedIds } from '../common/time-ordered-id.js';

const EVENT = insertionInto(auditEvents, columnsOf(auditEvents));

/** Writes to the table `audit_events`. */
@Injectable()
export class PostgresAuditSink extends AuditSink {
  private readonly ids = new TimeOrderedIds();

  /** @internal */
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async record(event: AuditEvent, transaction?: Transaction): Promise<void> {
    await handleOf(this.db, transaction).insert(auditEvents).values(this.rowOf(event));
  }

  override recording(event: AuditEvent): Write {
    // A subclass that overrides `record` sees every event.
    if (this.record !== PostgresAuditSink.prototype.record) return super.recording(event);
    return plainWrite(EVENT(this.rowOf(event)), (transaction) => this.record(event, transaction));
  }

  private rowOf(event: AuditEvent): AuditRow {
    const now = this.clock.now();
    return {
      id: this.ids.next(now),
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
}
