import { Injectable } from '@nestjs/common';
import {
  type LatchkeyComposition,
  type AuditEvent,
  AuditSink,
  PostgresAuditSink,
  type Transaction,
} from 'latchkey';

/** What ships events from here to where they are searched. */
@Injectable()
export class Shipper {
  readonly queue: AuditEvent[] = [];

  enqueue(event: AuditEvent): Promise<void> {
    this.queue.push(event);
    return Promise.resolve();
  }
}

@Injectable()
class ShippedAuditSink extends AuditSink {
  constructor(
    private readonly table: PostgresAuditSink,
    private readonly shipper: Shipper,
  ) {
    super();
  }

  async record(event: AuditEvent, transaction?: Transaction): Promise<void> {
    await this.table.record(event, transaction);
    if (transaction) transaction.afterCommit(() => this.shipper.enqueue(event));
    else await this.shipper.enqueue(event);
  }
}

export const shippedAudit: LatchkeyComposition = {
  providers: [PostgresAuditSink, Shipper, { provide: AuditSink, useClass: ShippedAuditSink }],
};
