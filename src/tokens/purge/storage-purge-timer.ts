import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { StoragePurge } from './storage-purge.service.js';

/** Not while the process has its start to do. Milliseconds. */
const FIRST_RUN_AFTER = 60_000;
const INTERVAL = 600_000;
/** Share of the interval: instances that start together do not stay in step. */
const JITTER = 0.2;

/** Keeps what the database holds from growing. */
@Injectable()
export class StoragePurgeTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Storage');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failing = false;

  constructor(private readonly purge: StoragePurge) {}

  onApplicationBootstrap(): void {
    this.schedule(FIRST_RUN_AFTER);
  }

  /** Waits for the batch that is under way, since the database is closed next. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delay: number): void {
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, delay).unref();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    try {
      const { sessions, revocations, oneTimeTokens } = await this.purge.run(signal);
      if (sessions + revocations + oneTimeTokens > 0) {
        this.logger.debug(
          `Purged ${sessions} sessions, ${revocations} revocations and ${oneTimeTokens} one-time tokens.`,
        );
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing) {
        const reason = withoutParameters((error as Error).message);
        this.logger.error(`Old rows cannot be purged, which is tried again: ${reason}`);
      }
      this.failing = true;
    }
    if (!signal.aborted) this.schedule(INTERVAL * (1 + JITTER * (Math.random() - 0.5)));
  }
}
