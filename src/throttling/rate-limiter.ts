import { Injectable } from '@nestjs/common';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { getTableName } from 'drizzle-orm';
import { ThrottlingConfig } from '../config/slices.js';
import { type Database, DatabaseConnection, InjectDatabase } from '../database/database.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { postgresClientOf } from './store/postgres-client.js';
import { StoreCircuitBreaker } from './store/store-circuit-breaker.js';
import { rateLimits } from './store/throttling.table.js';

export type LimitName = keyof ThrottlingConfig;

/** What is left of a quota after a request; the values of the `RateLimit` headers. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the quota is full again, rounded up. */
  readonly resetSeconds: number;
  readonly windowSeconds: number;
}

interface Counters {
  /** Of all instances; undefined where there is only one. */
  readonly shared: RateLimiterAbstract | undefined;
  /** Of this process: what the shared one last said, and what came since. */
  readonly own: RateLimiterMemory;
}

/**
 * Counts attempts in fixed windows: in Redis where there is one, else in PostgreSQL, shared by all instances, else in this
 * process. While the store does not answer, this process counts on for itself: a limit never opens.
 */
@Injectable()
export class RateLimiter {
  private readonly counters = new Map<string, Counters>();

  constructor(
    private readonly config: ThrottlingConfig,
    private readonly redis: RedisConnection,
    @InjectDatabase() private readonly db: Database,
    private readonly connection: DatabaseConnection,
    private readonly patience: StoreCircuitBreaker,
  ) {}

  /**
   * Takes one from the quota.
   * @param name whose quota applies
   * @param counter what is counted apart from others under the same quota
   * @param key who is counted
   */
  async consume(name: LimitName, counter: string, key: string): Promise<Allowance> {
    const { limit, window } = this.config[name];
    const result = await this.count(this.countersOf(name, counter), key);
    return {
      allowed: result.consumedPoints <= limit,
      limit,
      remaining: Math.max(0, limit - result.consumedPoints),
      resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
      windowSeconds: Math.ceil(window / 1000),
    };
  }

  private async count({ shared, own }: Counters, key: string): Promise<RateLimiterRes> {
    const counted = shared && (await this.patience.ask(() => consumeOne(shared, key)));
    if (!counted) return consumeOne(own, key);
    // For the time when the store is gone: what is spent stays spent.
    await own.set(key, counted.consumedPoints, Math.max(1, counted.msBeforeNext) / 1000);
    return counted;
  }

  private countersOf(name: LimitName, counter: string): Counters {
    const existing = this.counters.get(counter);
    if (existing) return existing;
    const { limit, window } = this.config[name];
    const options = {
      points: limit,
      duration: Math.ceil(window / 1000),
      keyPrefix: `latchkey:limit:${counter}`,
    };
    const counters = { shared: this.sharedOf(options), own: new RateLimiterMemory(options) };
    this.counters.set(counter, counters);
    return counters;
  }

  private sharedOf(options: { points: number; duration: number; keyPrefix: string }) {
    const { client } = this.redis;
    if (client) return new RateLimiterRedis({ ...options, storeClient: client });
    if (!this.connection.shared) return undefined;
    return new RateLimiterPostgres({
      ...options,
      storeClient: postgresClientOf(this.db),
      storeType: 'client',
      tableName: getTableName(rateLimits),
      tableCreated: true,
      // ThrottlingPurge does it, once for all of them.
      clearExpiredByTimeout: false,
    });
  }
}

async function consumeOne(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (refusal) {
    // The library rejects with the result when the quota is spent, and with an Error when something broke.
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}
