import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { pauseAfter } from './retry-policy.js';

/** Whether the mail server seems to be there. While it is not, one mail at a time tries it, ever more seldom. */
@Injectable()
export class MailServerCircuitBreaker {
  private readonly logger = new Logger('Mail');
  private failures = 0;
  private pausedUntil = 0;

  constructor(private readonly clock: Clock) {}

  /** @returns how many mails may be tried now, of so many that could be */
  admits(slots: number): number {
    if (this.clock.now() < this.pausedUntil) return 0;
    return this.failures > 0 ? Math.min(slots, 1) : slots;
  }

  /** Mails that were under way together fail together: that is one failure. */
  failed(reason: string): void {
    const now = this.clock.now();
    if (now < this.pausedUntil) return;
    this.failures += 1;
    this.pausedUntil = now + pauseAfter(this.failures);
    if (this.failures === 1) this.logger.warn(`Mails cannot be sent, which is tried again: ${reason}`);
  }

  /** It spoke to us, whatever it said. */
  answered(): void {
    if (this.failures > 0) this.logger.log('Mails can be sent again.');
    this.failures = 0;
    this.pausedUntil = 0;
  }
}
