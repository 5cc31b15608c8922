import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../../common/clock.js';
import { PeriodicTask } from '../../common/periodic-task.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { failedAttempts, rateLimits } from './throttling.table.js';

const EVERY_FIVE_MINUTES = { firstAfter: 300_000, interval: 300_000, jitter: 0.4 };
const BATCH_SIZE = 1_000;

/** Deletes counters that have run out. Where they are in Redis, or in this process, there are none to find. */
@Injectable()
export class ThrottlingPurge extends PeriodicTask {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
  ) {
    super('Limits', 'Old counters cannot be purged', EVERY_FIVE_MINUTES);
  }

  async run(signal?: AbortSignal): Promise<void> {
    await this.purge(rateLimits, rateLimits.expire, signal);
    await this.purge(failedAttempts, failedAttempts.expiresAt, signal);
  }

  /** A batch at a time. Rows that someone is counting in are left for another time. */
  private async purge(table: PgTable, expiry: AnyPgColumn, signal?: AbortSignal): Promise<void> {
    const due = sql`select ctid from ${table} where ${expiry} <= ${this.clock.now()}::bigint
      order by ${expiry} limit ${sql.raw(String(BATCH_SIZE))} for update skip locked`;
    const gone = await this.db
      .delete(table)
      .where(sql`ctid = any(array(${due}))`)
      .returning({ gone: sql`1` });
    if (gone.length === BATCH_SIZE && !signal?.aborted) await this.purge(table, expiry, signal);
  }
}
