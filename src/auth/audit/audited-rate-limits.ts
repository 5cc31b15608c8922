import { Injectable, Logger } from '@nestjs/common';
import { RefusalLog } from '../../audit/refusal-log.js';
import { Clock } from '../../common/clock.js';
import { logEntry } from '../../common/log-entry.js';
import { RateLimitEvents, type SpentQuota } from '../../throttling/requests/rate-limit-events.js';

const MINUTE = 60_000;
/** Clients a minute that are recorded by one process; a flood from more of them leaves one line in the log. */
export const RECORDED_A_MINUTE = 60;

/** Records a client whose quota is spent: once in each window and counter, and not more than so many clients a minute. */
@Injectable()
export class AuditedRateLimits extends RateLimitEvents {
  private readonly logger = new Logger('RateLimit');
  private minute = -Infinity;
  private recorded = 0;

  constructor(
    private readonly refusals: RefusalLog,
    private readonly clock: Clock,
  ) {
    super();
  }

  override quotaSpent({ counter, site, resetSeconds, client }: SpentQuota): void {
    const minute = Math.floor(this.clock.now() / MINUTE);
    if (minute !== this.minute) {
      this.minute = minute;
      this.recorded = 0;
    }
    if (this.recorded > RECORDED_A_MINUTE) return;
    if (!this.refusals.shouldReport(`rate-limited ${counter} ${site}`, resetSeconds * 1000)) return;
    this.recorded += 1;
    if (this.recorded > RECORDED_A_MINUTE) {
      this.logger.warn(
        `Quotas of more than ${RECORDED_A_MINUTE} clients are spent; no more are recorded in this minute.`,
      );
      return;
    }
    this.logger.warn(logEntry(`The quota of one client is spent (${counter}, ${resetSeconds} s).`, client));
    this.refusals.record(client, () => ({
      type: 'rate_limit.exceeded',
      outcome: 'failure',
      actor: { kind: 'anonymous' },
      subject: null,
      client,
      details: { reason: counter },
    }));
  }
}
