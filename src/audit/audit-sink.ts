import type { Transaction, Write } from '../common/unit-of-work.js';
import type { AuditEvent } from './audit-event.js';

/** Takes what is to be remembered of security. */
export abstract class AuditSink {
  /**
   * Resolves when it is written down. Rejecting makes what it tells of fail, but for what is only told of: a login that
   * failed.
   * @param transaction what it tells of: both happen, or neither
   */
  abstract record(event: AuditEvent, transaction?: Transaction): Promise<void>;

  /** `record`, to be done together with what it tells of: by itself, unless a sink overrides it. */
  recording(event: AuditEvent): Write {
    return { within: (transaction) => this.record(event, transaction) };
  }
}
