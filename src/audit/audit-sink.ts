import type { Transaction } from '../common/unit-of-work.js';
import type { AuditEvent } from './audit-event.js';

/** Takes what is to be remembered of security. */
export abstract class AuditSink {
  /**
   * Resolves when it is written down. Rejecting makes what it tells of fail, but for what is only told of: a login that
   * failed.
   * @param transaction what it tells of: both happen, or neither
   */
  abstract record(event: AuditEvent, transaction?: Transaction): Promise<void>;
}
