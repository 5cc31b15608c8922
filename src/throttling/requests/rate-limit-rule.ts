import type { LimitName } from './rate-limiter.js';

export const RATE_LIMITED = 'latchkey:rate-limited';

export interface RateLimitRule {
  /** The quota, a setting. */
  readonly name: LimitName;
  /** What is counted apart from others under the same quota. */
  readonly counter: string;
}
