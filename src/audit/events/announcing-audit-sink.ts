import { Logger } from '@nestjs/common';
import type { Clock } from '../../common/clock.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { SqlWrite } from '../../database/sql-write.js';
import type { AuditEvent } from '../audit-event.js';
import { AuditSink } from '../audit-sink.js';
import { authEventTypeOf, toAuthEvent } from './auth-event.js';
import type { AuthEvents } from './auth-events.js';

/** Hands every event to a sink, and tells `AuthEvents` of it when it is committed: what is recorded is what is told. */
export class AnnouncingAuditSink extends AuditSink {
  private readonly logger = new Logger('AuthEvents');

  constructor(
    private readonly sink: AuditSink,
    private readonly events: AuthEvents,
    private readonly clock: Clock,
  ) {
    super();
  }

  async record(event: AuditEvent, transaction?: Transaction): Promise<void> {
    await this.sink.record(event, transaction);
    const announce = this.announcementOf(event);
    if (!announce) return;
    if (transaction) transaction.afterCommit(announce);
    else await announce();
  }

  override recording(event: AuditEvent): Write {
    // A subclass that overrides `record` sees every event.
    if (this.record !== AnnouncingAuditSink.prototype.record) return super.recording(event);
    const write = this.sink.recording(event);
    const announce = this.announcementOf(event);
    return announce ? followedBy(announce, write) : write;
  }

  /** @returns undefined if no listener would hear it */
  private announcementOf(event: AuditEvent): (() => Promise<void>) | undefined {
    if (!this.events.hears(authEventTypeOf(event))) return undefined;
    const occurredAt = new Date(this.clock.now());
    return () => {
      try {
        this.events.publish(toAuthEvent(event, occurredAt));
      } catch (error) {
        this.logger.error(`An event could not be told: ${reasonOf(error)}`);
      }
      return Promise.resolve();
    };
  }
}

/** The write, still one of one statement if it was, and what comes after its commit. */
function followedBy(task: () => Promise<void>, write: Write): Write {
  const within = async (transaction: Transaction): Promise<void> => {
    await write.within(transaction);
    transaction.afterCommit(task);
  };
  if (!(write instanceof SqlWrite)) return { within };
  const { parts, options } = write as SqlWrite<unknown>;
  const afterCommit = async (): Promise<void> => {
    await options.afterCommit?.();
    await task();
  };
  return new SqlWrite(parts, { ...options, within, afterCommit });
}
