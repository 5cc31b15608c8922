import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { Mailer } from '../transport/mailer.js';
import { MailDelivery } from './mail-delivery.js';
import { MailTimings } from './mail-timings.js';
import { OutboxStore } from './outbox-store.js';
import { MailServerCircuitBreaker } from './mail-server-circuit-breaker.js';
import { outsideSpans } from '../../common/tracing/tracing.js';

/** What was given up is kept for an operator to look at. Milliseconds. */
const GIVEN_UP_KEPT = 7 * 86_400_000;
const PURGE_INTERVAL = 3_600_000;
const PURGE_FIRST_AFTER = 60_000;
const TIMER_MARGIN = 5;

/** Takes mails from the outbox when they are due, a few at a time. Any number of instances do. */
@Injectable()
export class MailSender implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly underWay = new Set<Promise<void>>();
  /** Ends what is under way. */
  private readonly abandon = new AbortController();
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private stopped = false;
  private failing = false;
  private purgeDue = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private graceTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: OutboxStore,
    private readonly delivery: MailDelivery,
    private readonly mailer: Mailer,
    private readonly server: MailServerCircuitBreaker,
    private readonly timings: MailTimings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.purgeDue = this.clock.now() + PURGE_FIRST_AFTER;
    this.wake();
  }

  /** Takes no more mails; what is under way has a moment left, beside the requests in flight. */
  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.graceTimer = setTimeout(() => this.abandon.abort(), this.timings.stopGrace);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looking;
    await Promise.all(this.underWay);
    clearTimeout(this.graceTimer);
    this.mailer.close();
  }

  /** There may be something to send, so many milliseconds from now. */
  wake(delay = 0): void {
    if (this.stopped) return;
    outsideSpans(() => this.wakeIn(delay));
  }

  private wakeIn(delay: number): void {
    if (delay > 0) {
      // By the clock of timers it may be a moment earlier than by that of mails.
      setTimeout(() => this.wake(), delay + TIMER_MARGIN).unref();
      return;
    }
    this.lookAgain = true;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      if (this.lookAgain) this.wake();
    });
  }

  private async look(): Promise<void> {
    clearTimeout(this.timer);
    try {
      while (this.lookAgain && !this.stopped) {
        this.lookAgain = false;
        // oxlint-disable-next-line eslint/no-await-in-loop -- one look after the other
        await this.take();
      }
      if (!this.stopped) await this.purgeWhenDue();
      this.failing = false;
    } catch (error) {
      this.tell(error);
    }
    const jittered = this.timings.poll * (0.9 + 0.2 * Math.random());
    if (!this.stopped) this.timer = setTimeout(() => this.wake(), jittered).unref();
  }

  private async take(): Promise<void> {
    const free = this.server.admits(this.mailer.concurrency) - this.underWay.size;
    if (free <= 0) return;
    const now = this.clock.now();
    const rows = await this.store.claim(free, new Date(now), new Date(now + this.timings.lease));
    for (const row of rows) {
      const sending = this.delivery
        .deliver(row, this.abandon.signal)
        .catch((error: unknown) => this.tell(error))
        .finally(() => {
          this.underWay.delete(sending);
          this.wake();
        });
      this.underWay.add(sending);
    }
  }

  private async purgeWhenDue(): Promise<void> {
    const now = this.clock.now();
    if (now < this.purgeDue) return;
    this.purgeDue = now + PURGE_INTERVAL;
    await this.store.purge(new Date(now - GIVEN_UP_KEPT));
    await this.mailer.purge(new Date(now));
  }

  /** Once, until it works again. A mail whose end could not be written down is taken again when its lease is over. */
  private tell(error: unknown): void {
    if (!this.failing) {
      const reason = withoutParameters((error as Error).message);
      this.logger.error(`The outbox of mails cannot be used, which is tried again: ${reason}`);
    }
    this.failing = true;
  }
}
