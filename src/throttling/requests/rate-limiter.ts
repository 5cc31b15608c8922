import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ThrottlingConfig } from '../../config/config.js';
import { RequestCounts } from './request-counts.js';

/** A quota, as its setting names it: `login`, `register`, `refresh` … */
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

/** Quotas in fixed windows, by setting. While the store of the counts does not answer, a limit does not open. */
@Injectable()
export class RateLimiter {
  constructor(
    private readonly config: ThrottlingConfig,
    private readonly counts: RequestCounts,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes one from the quota.
   * @param name whose quota applies
   * @param counter what is counted apart from others under the same quota
   * @param key who is counted
   * @param times the quota, for who is many
   * @throws Error if there is no such quota, since its setting has no default and is not set
   */
  async consume(name: LimitName, counter: string, key: string, times = 1): Promise<Allowance> {
    const quota = this.config[name];
    if (!quota) throw new Error(`The quota ${name} is not set.`);
    const limit = quota.limit * times;
    const duration = Math.ceil(quota.window / 1000) * 1000;
    const { points, windowEnd } = await this.counts.count(
      `latchkey:limit:${counter}:${key}`,
      limit,
      duration,
    );
    return this.allowanceOf(points, windowEnd, { limit, duration });
  }

  /**
   * Takes nothing.
   * @returns undefined while something is left, as far as this process knows
   * @throws Error if there is no such quota
   */
  spent(name: LimitName, counter: string, key: string): Allowance | undefined {
    const quota = this.config[name];
    if (!quota) throw new Error(`The quota ${name} is not set.`);
    const known = this.counts.known(`latchkey:limit:${counter}:${key}`);
    if (!known || known.points < quota.limit) return undefined;
    const duration = Math.ceil(quota.window / 1000) * 1000;
    return this.allowanceOf(known.points + 1, known.end, { limit: quota.limit, duration });
  }

  /**
   * Takes nothing.
   * @returns whether half of it is used, as far as this process knows: from there on each is counted by all instances together
   * @throws Error if there is no such quota
   */
  isHalfSpent(name: LimitName, counter: string, key: string): boolean {
    const quota = this.config[name];
    if (!quota) throw new Error(`The quota ${name} is not set.`);
    const known = this.counts.known(`latchkey:limit:${counter}:${key}`);
    return known !== undefined && known.points + 1 > quota.limit / 2;
  }

  private allowanceOf(
    points: number,
    windowEnd: number,
    { limit, duration }: { readonly limit: number; readonly duration: number },
  ): Allowance {
    return {
      allowed: points <= limit,
      limit,
      remaining: Math.max(0, limit - points),
      resetSeconds: Math.max(1, Math.ceil((windowEnd - this.clock.now()) / 1000)),
      windowSeconds: duration / 1000,
    };
  }
}
