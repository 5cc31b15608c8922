import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { networkOf, siteOf } from '../network-of.js';
import { RATE_LIMITED, type RateLimitRule } from './rate-limit-rule.js';
import { RateLimitEvents } from './rate-limit-events.js';
import { type Allowance, RateLimiter } from './rate-limiter.js';

/** So many quotas has a /48 of IPv6, however many of its 65,536 networks ask. */
const NETWORKS_OF_A_SITE = 16;

class RateLimitedError extends LatchkeyError {
  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', `Too many attempts; try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}

/** Answers 429 when a client's quota is spent, and tells it of the quota in `RateLimit` fields (IETF draft). */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limiter: RateLimiter,
    private readonly events: RateLimitEvents,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<RateLimitRule | undefined>(RATE_LIMITED, context.getHandler());
    if (!rule) return true;
    const http = context.switchToHttp();
    const client = clientInfoOf(http.getRequest<HttpRequest>());
    const ip = client.ip ?? 'unknown';
    const allowance = await this.allowanceOf(rule, ip);
    const response = http.getResponse<HttpResponse>();
    response.header(
      'RateLimit-Policy',
      `"${rule.counter}";q=${allowance.limit};w=${allowance.windowSeconds}`,
    );
    response.header('RateLimit', `"${rule.counter}";r=${allowance.remaining};t=${allowance.resetSeconds}`);
    if (allowance.allowed) return true;
    const { counter } = rule;
    const { resetSeconds } = allowance;
    // Not each network of an IPv6 site: there are 65,536.
    this.events.quotaSpent({ counter, site: siteOf(ip) ?? networkOf(ip), resetSeconds, client });
    throw new RateLimitedError(resetSeconds);
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
