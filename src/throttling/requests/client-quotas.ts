import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { Measurements } from '../../common/measurements.js';
import { networkOf, siteOf } from '../network-of.js';
import { RateLimitEvents } from './rate-limit-events.js';
import type { RateLimitRule } from './rate-limit-rule.js';
import { type Allowance, RateLimiter } from './rate-limiter.js';

/** So many quotas has a /48 of IPv6, however many of its 65,536 networks ask. */
const NETWORKS_OF_A_SITE = 16;

/** 429 `RATE_LIMITED`. */
export class RateLimitedError extends LatchkeyError {
  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', `Too many attempts; try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}

/** The quotas of clients, by address. */
@Injectable()
export class ClientQuotas {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly events: RateLimitEvents,
    private readonly measurements: Measurements,
  ) {}

  /** Takes one from the quota of a client. One that is spent is told to `RateLimitEvents`. */
  async take(rule: RateLimitRule, client: ClientInfo): Promise<Allowance> {
    const ip = client.ip ?? 'unknown';
    const allowance = await this.allowanceOf(rule, ip);
    const { allowed, resetSeconds } = allowance;
    // Not each network of an IPv6 site: there are 65,536.
    const site = siteOf(ip) ?? networkOf(ip);
    if (!allowed) {
      this.measurements.quotaSpent(rule.counter);
      this.events.quotaSpent({ counter: rule.counter, site, resetSeconds, client });
    }
    return allowance;
  }

  /** The client's, unless that of its IPv6 site is spent. */
  private async allowanceOf({ name, counter }: RateLimitRule, ip: string): Promise<Allowance> {
    const own = await this.limiter.consume(name, counter, networkOf(ip));
    const site = siteOf(ip);
    if (site === undefined || !own.allowed) return own;
    const shared = await this.limiter.consume(name, counter, site, NETWORKS_OF_A_SITE);
    return shared.allowed ? own : { ...shared, limit: own.limit };
  }
}
