import { Injectable } from '@nestjs/common';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { ThrottlingConfig } from '../config/slices.js';
import { RedisConnection } from '../redis/redis-connection.js';

export type LimitName = keyof ThrottlingConfig;

export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the quota is full again, rounded up. */
  readonly resetSeconds: number;
  readonly windowSeconds: number;
}

/**
 * Counts attempts in fixed windows: in Redis where there is one, shared by all instances, else in this process. While
 * Redis does not answer, this process counts for itself: a limit never opens.
 */
@Injectable()
export class RateLimiter {
  private readonly limiters = new Map<string, RateLimiterAbstract>();

  constructor(
    private readonly config: ThrottlingConfig,
    private readonly redis: RedisConnection,
  ) {}

  /**
   * Takes one from the quota.
   * @param name whose quota applies
   * @param counter what is counted apart from others under the same quota
   * @param key who is counted
   */
  async consume(name: LimitName, counter: string, key: string): Promise<Allowance> {
    const { limit, window } = this.config[name];
    const result = await consumeOne(this.limiterOf(name, counter), key);
    return {
      allowed: result.consumedPoints <= limit,
      limit,
      remaining: Math.max(0, limit - result.consumedPoints),
      resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
      windowSeconds: Math.ceil(window / 1000),
    };
  }

  private limiterOf(name: LimitName, counter: string): RateLimiterAbstract {
    const existing = this.limiters.get(counter);
    if (existing) return existing;
    const { limit, window } = this.config[name];
    const options = {
      points: limit,
      duration: Math.ceil(window / 1000),
      keyPrefix: `latchkey:limit:${counter}`,
    };
    const inProcess = new RateLimiterMemory(options);
    const limiter = this.redis.client
      ? new RateLimiterRedis({ ...options, storeClient: this.redis.client, insuranceLimiter: inProcess })
      : inProcess;
    this.limiters.set(counter, limiter);
    return limiter;
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
