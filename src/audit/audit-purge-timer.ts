import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { withoutParameters } from '../common/errors/without-parameters.js';
import { AuditPurge } from './audit-purge.service.js';

/** Not while the process has its start to do. Milliseconds. */
const FIRST_RUN_AFTER = 90_000;
const INTERVAL = 3_600_000;
/** Share of the interval: instances that start together do not stay in step. */
const JITTER = 0.2;

/** Keeps the audit log from growing for ever. */
@Injectable()
export class AuditPurgeTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly purge: AuditPurge) {}

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
      const purged = await this.purge.run(signal);
      if (purged > 0) this.logger.debug(`Purged ${purged} audit events.`);
    } catch (error) {
      const reason = withoutParameters((error as Error).message);
      this.logger.error(`Old audit events cannot be purged, which is tried again: ${reason}`);
    }
    if (!signal.aborted) this.schedule(INTERVAL * (1 + JITTER * (Math.random() - 0.5)));
  }
}
