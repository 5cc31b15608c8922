import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../../common/clock.js';
import { withoutParameters } from '../../common/errors/without-parameters.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { failedAttempts, rateLimits } from './throttling.table.js';

const INTERVAL = 300_000;
/** Share of the interval: instances that start together do not stay in step. */
const JITTER = 0.4;
const BATCH_SIZE = 1_000;

/** Deletes counters that have run out. Where they are in Redis, or in this process, there are none to find. */
@Injectable()
export class ThrottlingPurge implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Limits');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** Waits for the batch that is under way, since the database is closed next. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  async run(): Promise<void> {
    await this.purge(rateLimits, rateLimits.expire);
    await this.purge(failedAttempts, failedAttempts.expiresAt);
  }

  /** A batch at a time. Rows that someone is counting in are left for another time. */
  private async purge(table: PgTable, expiry: AnyPgColumn): Promise<void> {
    const due = sql`select ctid from ${table} where ${expiry} <= ${this.clock.now()}::bigint
      order by ${expiry} limit ${sql.raw(String(BATCH_SIZE))} for update skip locked`;
    const gone = await this.db
      .delete(table)
      .where(sql`ctid = any(array(${due}))`)
      .returning({ gone: sql`1` });
    if (gone.length === BATCH_SIZE && !this.stopped) await this.purge(table, expiry);
  }

  private schedule(): void {
    const delay = INTERVAL * (1 + JITTER * (Math.random() - 0.5));
    this.timer = setTimeout(() => {
      this.running = this.runAndSchedule();
    }, delay).unref();
  }

  private async runAndSchedule(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      const reason = withoutParameters((error as Error).message);
      this.logger.warn(`Old counters cannot be purged, which is tried again: ${reason}`);
    }
    if (!this.stopped) this.schedule();
  }
}
