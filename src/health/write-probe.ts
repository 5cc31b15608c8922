import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { UnavailableError } from '../common/errors/latchkey-error.js';
import { RefusedWrites, type WrittenStore } from '../common/errors/refused-writes.js';
import { DatabaseConnection } from '../database/database.js';
import { ownName } from '../database/own-schema.js';
import { isPermissionDenied } from '../database/sql-errors.js';
import { RedisConnection } from '../redis/redis-connection.js';

/** However often it is asked: a probe is a write itself. Milliseconds. */
const PROBE_INTERVAL = 1_000;
/** How long after the last refusal a write of a request is waited for, where the role may make no table. Milliseconds. */
const UNPROBED_PAUSE = 30_000;

/**
 * A table of its own has no room left from before: some ninety kilobytes, which end with the transaction. Where our tables are, by
 * the right that migrations need: temporary tables want another one, and may be on another disk.
 */
const TABLE = ownName('latchkey_write_probe');
const WRITE = sql`create table ${TABLE} as
  select number, repeat(md5(number::text), 8) as filler from generate_series(1, 300) as number`;
const TAKE_AWAY = sql`drop table ${TABLE}`;
const PROBE_KEY = 'latchkey:write-probe';
const PROBE_LIFE = 1_000;

/**
 * Whether the stores take writes. Nothing is written to find out until a write of a request was refused; then a small one is
 * tried, until it succeeds.
 */
@Injectable()
export class WriteProbe {
  private readonly probedAt = new Map<WrittenStore, number>();

  constructor(
    private readonly refused: RefusedWrites,
    private readonly connection: DatabaseConnection,
    private readonly redisConnection: RedisConnection,
  ) {}

  /** @throws UnavailableError while the database, having refused a write, is not known to take one */
  async database(): Promise<void> {
    await this.probe('The database', () =>
      this.connection.transaction(async (db) => {
        await db.execute(WRITE);
        await db.execute(TAKE_AWAY);
      }),
    );
  }

  /** The same of Redis. @throws UnavailableError */
  async redis(): Promise<void> {
    await this.probe(
      'Redis',
      async () => void (await this.redisConnection.client?.set(PROBE_KEY, '', 'PX', PROBE_LIFE)),
    );
  }

  private async probe(store: WrittenStore, write: () => Promise<void>): Promise<void> {
    if (!this.refused.has(store)) return;
    const now = performance.now();
    if (now - (this.probedAt.get(store) ?? -Infinity) < PROBE_INTERVAL)
      throw new UnavailableError(`${store} takes no writes.`);
    this.probedAt.set(store, now);
    try {
      await write();
    } catch (error) {
      const mayTry = isPermissionDenied(error) && this.refused.quietFor(store) > UNPROBED_PAUSE;
      // Whatever else the reason: what has taken nothing is not known to take anything.
      if (!mayTry) throw new UnavailableError(`${store} takes no writes.`, { cause: error });
    }
    this.refused.forget(store);
    this.probedAt.delete(store);
  }
}
