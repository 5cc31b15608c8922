import type { HttpResponse } from '../../common/client-info.js';
import { RateLimitedError } from './client-quotas.js';
import type { Allowance } from './rate-limiter.js';

/** `RateLimit` fields (IETF draft). */
export function allowanceFields(counter: string, allowance: Allowance): Readonly<Record<string, string>> {
  const { limit, windowSeconds, remaining, resetSeconds } = allowance;
  return {
    'RateLimit-Policy': `"${counter}";q=${limit};w=${windowSeconds}`,
    RateLimit: `"${counter}";r=${remaining};t=${resetSeconds}`,
  };
}

/**
 * Tells a caller of the quota in `RateLimit` fields (IETF draft).
 * @throws RateLimitedError if it is spent
 */
export function tellAllowance(response: HttpResponse, counter: string, allowance: Allowance): void {
  const fields = Object.entries(allowanceFields(counter, allowance));
  for (const [name, value] of fields) response.header(name, value);
  if (!allowance.allowed) throw new RateLimitedError(allowance.resetSeconds);
}
