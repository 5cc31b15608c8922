import { Injectable, Logger } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { RefusalLog } from '../../audit/refusal-log.js';
import type { ClientInfo } from '../../common/client-info.js';
import { logEntry } from '../../common/log-entry.js';
import { Measurements } from '../../common/measurements.js';
import type { Attempt, ThrottleSubject } from '../../throttling/account/account-throttle.js';
import { AccountThrottledError } from '../../throttling/account/account-throttled.error.js';

/** Tells of passwords that are not looked at, since others were wrong before: once in each time of waiting. */
@Injectable()
export class ThrottleAudit {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly refusals: RefusalLog,
    private readonly measurements: Measurements,
  ) {}

  /**
   * @param begun a try that is let in or refused
   * @param event what is recorded of one that is refused
   * @throws what `begun` does
   */
  async observe(
    begun: Promise<Attempt>,
    { kind, id }: ThrottleSubject,
    client: ClientInfo,
    event: () => AuditEvent | Promise<AuditEvent>,
  ): Promise<Attempt> {
    try {
      return await begun;
    } catch (error) {
      if (!(error instanceof AccountThrottledError)) throw error;
      this.measurements.quotaSpent(kind);
      const seconds = error.retryAfterSeconds ?? 1;
      if (this.refusals.shouldReport(`throttled ${kind} ${id}`, seconds * 1000)) {
        this.logger.warn(logEntry(`Passwords of one ${kind} are not looked at for ${seconds} s.`, client));
        this.refusals.record(client, event);
      }
      throw error;
    }
  }
}
