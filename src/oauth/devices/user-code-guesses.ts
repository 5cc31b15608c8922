import { Injectable } from '@nestjs/common';
import { RateLimitedError } from '../../throttling/requests/client-quotas.js';
import { RateLimiter } from '../../throttling/requests/rate-limiter.js';

/** So many quotas of one user have all users together, so that many accounts guess no better than that. */
const USERS_AT_ONCE = 1000;

/** How often codes of devices may be typed, beside the quota of the client's address (RFC 8628 section 5.1). */
@Injectable()
export class UserCodeGuesses {
  constructor(private readonly limiter: RateLimiter) {}

  /** Before a code is looked for. @throws RateLimitedError if the quota of the user, or of all, is spent */
  async take(subject: string): Promise<void> {
    const own = await this.limiter.consume('verify', 'device-code-user', subject);
    if (!own.allowed) throw new RateLimitedError(own.resetSeconds);
    const all = await this.limiter.consume('verify', 'device-code-all', 'all', USERS_AT_ONCE);
    if (!all.allowed) throw new RateLimitedError(all.resetSeconds);
  }
}
