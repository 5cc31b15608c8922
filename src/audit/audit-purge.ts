import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Clock } from '../common/clock.js';
import { AuditConfig } from '../config/slices.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../database/database.js';
import { auditEvents } from './audit-events.table.js';
import { firstIdAt } from '../common/time-ordered-id.js';

/** Small enough to be gone in some milliseconds. */
export const AUDIT_BATCH_SIZE = 500;
/** Pause after each full batch, in which other statements have their turn. Milliseconds. */
const PAUSE = 100;
/** Advisory lock of the instance that purges ("lk-audit" in hexadecimal). */
const PURGE_LOCK = '7812387873462085748';

/** Deletes events that are older than `AUDIT_RETENTION`, a batch at a time. */
@Injectable()
export class AuditPurge {
  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly connection: DatabaseConnection,
    private readonly config: AuditConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * @param signal ends it after the batch that is under way
   * @returns how many events are gone
   */
  async run(signal?: AbortSignal): Promise<number> {
    const purged = await this.purge(signal);
    // A server does that by itself (autovacuum); the embedded database does not.
    if (purged > 0 && !this.connection.shared) await this.db.execute(sql`vacuum ${auditEvents}`);
    return purged;
  }

  private async purge(signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) return 0;
    const count = await this.purgeBatch();
    if (count < AUDIT_BATCH_SIZE) return count;
    await setTimeout(PAUSE, undefined, { signal }).catch(() => undefined);
    return count + (await this.purge(signal));
  }

  /** A transaction of its own: the permission to delete ends with it, and so does the lock. */
  private async purgeBatch(): Promise<number> {
    const limit = firstIdAt(this.clock.now() - this.config.retention);
    return this.db.transaction(async (transaction) => {
      const { rows: locks } = (await transaction.execute(
        sql`select pg_try_advisory_xact_lock(${sql.raw(PURGE_LOCK)}) as held`,
      )) as { rows: { held: boolean }[] };
      // Another instance is at it, and does the rest.
      if (!locks[0]?.held) return 0;
      await transaction.execute(sql`select set_config('latchkey.audit_purge', 'on', true)`);
      const due = sql`select id from ${auditEvents} where id < ${limit}::uuid order by id limit ${AUDIT_BATCH_SIZE}`;
      const { rows } = (await transaction.execute(sql`
        with gone as (delete from ${auditEvents} where id = any(array(${due})) returning 1)
        select count(*)::int as count from gone
      `)) as { rows: { count: number }[] };
      return rows[0]?.count ?? 0;
    });
  }
}
