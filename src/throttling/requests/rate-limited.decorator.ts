import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RATE_LIMITED, type RateLimitRule } from './rate-limit-rule.js';
import type { LimitName } from './rate-limiter.js';

/**
 * Limits a route by client address.
 * @param name the quota, a setting
 * @param counter a counter of its own under that quota; by default the quota's
 */
export function RateLimited(name: LimitName, counter: string = name): MethodDecorator {
  const rule: RateLimitRule = { name, counter };
  return applyDecorators(SetMetadata(RATE_LIMITED, rule), UseGuards(RateLimitGuard));
}
