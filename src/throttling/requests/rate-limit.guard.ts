import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { ClientQuotas, RateLimitedError } from './client-quotas.js';
import { RATE_LIMITED, type RateLimitRule } from './rate-limit-rule.js';

/** Answers 429 when a client's quota is spent, and tells it of the quota in `RateLimit` fields (IETF draft). */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly quotas: ClientQuotas,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<RateLimitRule | undefined>(RATE_LIMITED, context.getHandler());
    if (!rule) return true;
    const http = context.switchToHttp();
    const allowance = await this.quotas.take(rule, clientInfoOf(http.getRequest<HttpRequest>()));
    const { allowed, limit, windowSeconds, remaining, resetSeconds } = allowance;
    const response = http.getResponse<HttpResponse>();
    response.header('RateLimit-Policy', `"${rule.counter}";q=${limit};w=${windowSeconds}`);
    response.header('RateLimit', `"${rule.counter}";r=${remaining};t=${resetSeconds}`);
    if (!allowed) throw new RateLimitedError(resetSeconds);
    return true;
  }
}
