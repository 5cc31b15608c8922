import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../../common/clock.js';
import { SteadyTime } from '../../common/steady-time.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../database.js';
import { analyzeGrown } from './analyze-grown.js';
import type { ExpiredRows } from './expired-rows.js';
import { BATCH_SIZE, purgeBatch } from './purge-batch.js';

/** After each full batch, for other statements. Milliseconds. */
const PAUSE = 100;

export interface Purged {
  /** How many rows are gone, by the name of what was declared. */
  readonly counts: Readonly<Record<string, number>>;
  /** Another instance was at it, and does the rest. */
  readonly yielded: boolean;
}

/** Deletes from the database what is not needed any more, a batch at a time. What that is, each table declares. */
@Injectable()
export class StoragePurge {
  private readonly time: SteadyTime;
  private readonly declared: ExpiredRows[] = [];

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly connection: DatabaseConnection,
    clock: Clock,
  ) {
    this.time = new SteadyTime(clock);
  }

  /** Is purged from now on. */
  declare(...expired: readonly ExpiredRows[]): void {
    this.declared.push(...expired);
  }

  /**
   * A table that cannot be purged keeps no other from it.
   * @param signal ends it after the batch that is under way
   * @throws what the first table failed with, once the others are done
   */
  async run(signal?: AbortSignal): Promise<Purged> {
    const counts = new Map(this.declared.map(({ name }) => [name, 0]));
    const touched = new Set<PgTable>();
    const failures: unknown[] = [];
    const count = ({ name, table }: ExpiredRows, gone: number): void => {
      counts.set(name, (counts.get(name) ?? 0) + gone);
      if (gone > 0) touched.add(table);
    };
    const purge = async ([expired, ...others]: readonly ExpiredRows[]): Promise<boolean> => {
      if (!expired || signal?.aborted) return true;
      try {
        if (!(await this.purge(expired, count, signal))) return false;
      } catch (error) {
        failures.push(error);
      }
      return purge(others);
    };
    const yielded = !(await purge(this.declared));
    if (!yielded && !signal?.aborted) await this.maintain([...touched]);
    if (failures.length > 0) throw failures[0];
    return { counts: Object.fromEntries(counts), yielded };
  }

  /** @returns false if another instance is at it */
  private async purge(
    expired: ExpiredRows,
    count: (expired: ExpiredRows, gone: number) => void,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const time = { now: Math.floor(this.time.earliest()), elapsed: this.time.elapsed };
    const gone = await purgeBatch(this.db, expired, time);
    if (gone === undefined) return false;
    count(expired, gone);
    if (gone < BATCH_SIZE) return true;
    await setTimeout(PAUSE, undefined, { signal }).catch(() => undefined);
    return signal?.aborted || this.purge(expired, count, signal);
  }

  /** A server does that by itself (autovacuum); the embedded database has nothing that would. */
  private async maintain(touched: readonly PgTable[]): Promise<void> {
    if (this.connection.shared) return;
    await this.reclaim(touched);
    await analyzeGrown(this.db);
  }

  /** Room for new rows. */
  private async reclaim([table, ...others]: readonly PgTable[]): Promise<void> {
    if (!table) return;
    await this.db.execute(sql`vacuum ${table}`);
    await this.reclaim(others);
  }
}
