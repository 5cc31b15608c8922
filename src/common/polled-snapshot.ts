import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.js';
import { outsideSpans } from './tracing/tracing.js';

/** How long a caller waits for a reading. Milliseconds, as all below. */
const CATCH_UP_TIMEOUT = 1_000;

export interface Polling {
  /** From the end of a reading to the next one. */
  readonly interval: number;
  /** Beyond it what was read is not to be trusted. */
  readonly maxAge: number;
  /**
   * @param gap since the last reading began; infinite at the first
   * @returns whether all is known that there was when it began
   */
  read(gap: number): Promise<boolean>;
  /** Called once when it has become too old, with what the last reading failed for. */
  lost?(reason: Error): void;
  /** Called once when it is known again. */
  found?(): void;
}

interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

const NEVER: Moment = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };

/**
 * What is known in process of something that others change: read again and again, and distrusted when it is too old. Its
 * age is what either clock says at most: one is adjusted, the other stands still while the machine sleeps.
 */
export class PolledSnapshot {
  private readAt = NEVER;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private reportedLost = false;
  private catchingUp: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly polling: Polling,
  ) {}

  get isFresh(): boolean {
    return this.age <= this.polling.maxAge;
  }

  /** Since the last good reading began; milliseconds, infinite before the first. */
  get age(): number {
    return between(this.readAt, this.moment());
  }

  /** Reads once. @throws what the reading throws */
  async read(): Promise<void> {
    const began = this.moment();
    if (await this.polling.read(between(this.readAt, began))) this.note(began);
  }

  /** Counts what reads all as a reading. */
  async taking<T>(readAll: () => Promise<T>): Promise<T> {
    const began = this.moment();
    const result = await readAll();
    this.note(began);
    return result;
  }

  /** Reads from now on, an interval after each reading, until it is stopped. */
  start(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = outsideSpans(() => setTimeout(() => void this.refresh(), this.polling.interval).unref());
  }

  /** Does not wait for the interval to end. */
  readNow(): void {
    clearTimeout(this.timer);
    void outsideSpans(() => this.refresh());
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /**
   * Reads what is missing if it is too old although there is an answer to be had: after this process stood still. Resolves
   * at once if it is not, or if there is known to be no answer.
   */
  async catchUp(): Promise<void> {
    if (this.isFresh || this.reportedLost) return;
    clearTimeout(this.timer);
    this.catchingUp ??= this.refresh().finally(() => (this.catchingUp = undefined));
    await Promise.race([this.catchingUp, sleep(CATCH_UP_TIMEOUT, undefined, { ref: false })]);
  }

  private async refresh(): Promise<void> {
    try {
      await this.readOrTryAgain();
      if (this.reportedLost) this.polling.found?.();
      this.reportedLost = false;
    } catch (error) {
      if (!this.reportedLost && !this.isFresh) {
        this.reportedLost = true;
        this.polling.lost?.(error as Error);
      }
    }
    this.start();
  }

  /** A reading that was under way while this process stood still fails, whatever is asked. */
  private async readOrTryAgain(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      if (this.isFresh || this.reportedLost) throw error;
      await this.read();
    }
  }

  /** Readings overlap: one that began earlier and ends later makes nothing older. */
  private note(began: Moment): void {
    if (began.monotonic >= this.readAt.monotonic) this.readAt = began;
  }

  private moment(): Moment {
    return { monotonic: performance.now(), wall: this.clock.now() };
  }
}

function between(from: Moment, to: Moment): number {
  return Math.max(to.monotonic - from.monotonic, to.wall - from.wall);
}
