import type { HttpResponse } from '../../common/client-info.js';
import { RateLimitedError } from './client-quotas.js';
import type { Allowance } from './rate-limiter.js';

/**
 * Tells a caller of the quota in `RateLimit` fields (IETF draft).
 * @throws RateLimitedError if it is spent
 */
export function tellAllowance(response: HttpResponse, counter: string, allowance: Allowance): void {
  const { allowed, limit, windowSeconds, remaining, resetSeconds } = allowance;
  response.header('RateLimit-Policy', `"${counter}";q=${limit};w=${windowSeconds}`);
  response.header('RateLimit', `"${counter}";r=${remaining};t=${resetSeconds}`);
  if (!allowed) throw new RateLimitedError(resetSeconds);
}
