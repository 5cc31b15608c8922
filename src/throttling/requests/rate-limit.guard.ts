import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { networkOf } from '../network-of.js';
import { RATE_LIMITED, type RateLimitRule } from './rate-limit-rule.js';
import { RateLimiter } from './rate-limiter.js';

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
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<RateLimitRule | undefined>(RATE_LIMITED, context.getHandler());
    if (!rule) return true;
    const http = context.switchToHttp();
    const { ip } = clientInfoOf(http.getRequest<HttpRequest>());
    const allowance = await this.limiter.consume(rule.name, rule.counter, networkOf(ip ?? 'unknown'));
    const response = http.getResponse<HttpResponse>();
    response.header(
      'RateLimit-Policy',
      `"${rule.counter}";q=${allowance.limit};w=${allowance.windowSeconds}`,
    );
    response.header('RateLimit', `"${rule.counter}";r=${allowance.remaining};t=${allowance.resetSeconds}`);
    if (!allowance.allowed) throw new RateLimitedError(allowance.resetSeconds);
    return true;
  }
}
