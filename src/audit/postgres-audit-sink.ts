import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Transaction, Write } from '../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../database/database.js';
import { handleOf } from '../database/drizzle-unit-of-work.js';
import { columnsOf, insertionInto } from '../database/insertion.js';
import { plainWrite } from '../database/sql-write.js';
import type { AuditEvent } from './audit-event.js';
import { auditEvents, type AuditRow } from './audit-events.table.js';
import { auditRowOf } from './audit-row.js';
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
    return auditRowOf(event, this.ids.next(now), now);
  }
}
