import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { reasonOf } from './errors/without-parameters.js';
import { outsideSpans } from './tracing/tracing.js';

export interface Period {
  /** From the start to the first run. Milliseconds. */
  readonly firstAfter: number;
  /** From the end of a run to the next. Milliseconds. */
  readonly interval: number;
  /** Share of the interval: instances that start together do not stay in step. */
  readonly jitter: number;
}

/** Work that each instance does again and again, never twice at once; instances that must not meet see to it themselves. */
export abstract class PeriodicTask implements OnApplicationBootstrap, OnApplicationShutdown {
  protected readonly logger: Logger;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failing = false;
  private again = false;

  /**
   * @param context of its log lines
   * @param complaint what the log says when a run fails, e.g. `Old rows cannot be purged`
   */
  constructor(
    context: string,
    private readonly complaint: string,
    private readonly period: Period,
  ) {
    this.logger = new Logger(context);
  }

  /** @param signal ends it after the step that is under way */
  abstract run(signal?: AbortSignal): Promise<void>;

  /** Whether there is anything to do here at all. */
  protected isNeeded(): boolean {
    return true;
  }

  onApplicationBootstrap(): void {
    if (this.isNeeded()) this.schedule(this.period.firstAfter);
  }

  /** Does not wait for the interval to end; runs once more if it is running. */
  runSoon(): void {
    this.again = true;
    if (this.running) return;
    clearTimeout(this.timer);
    this.schedule(0);
  }

  /** Waits for the step that is under way, since the database is closed next. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delay: number): void {
    if (this.stopping.signal.aborted) return;
    const timer = (run: () => void) => outsideSpans(() => setTimeout(run, delay).unref());
    this.timer = timer(() => {
      this.running = this.runOnce().finally(() => {
        this.running = undefined;
        const { interval, jitter } = this.period;
        this.schedule(this.again ? 0 : interval * (1 + jitter * (Math.random() - 0.5)));
      });
    });
  }

  private async runOnce(): Promise<void> {
    this.again = false;
    try {
      await this.run(this.stopping.signal);
      this.failing = false;
    } catch (error) {
      // Once, until it works again.
      if (!this.failing) this.logger.error(`${this.complaint}, which is tried again: ${reasonOf(error)}`);
      this.failing = true;
    }
  }
}
