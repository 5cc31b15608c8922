import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { clientInfoOf, type HttpRequest, type HttpResponse } from '../../common/client-info.js';
import { ClientQuotas } from './client-quotas.js';
import { RATE_LIMITED, type RateLimitRule } from './rate-limit-rule.js';
import { tellAllowance } from './tell-allowance.js';

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
    tellAllowance(http.getResponse<HttpResponse>(), rule.counter, allowance);
    return true;
  }
}
