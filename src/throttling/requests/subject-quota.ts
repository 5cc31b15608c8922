import { Injectable } from '@nestjs/common';
import type { HttpResponse } from '../../common/client-info.js';
import { ThrottlingConfig } from '../../config/config.js';
import { RateLimiter } from './rate-limiter.js';
import { tellAllowance } from './tell-allowance.js';

const COUNTER = 'forward-auth';

/** What one user may ask of services behind gateways, in requests; without a limit unless one is set. */
@Injectable()
export class SubjectQuota {
  constructor(
    private readonly config: ThrottlingConfig,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Takes one from the quota, and tells of it in the answer.
   * @param subject the user's id
   * @throws RateLimitedError if it is spent
   */
  async take(subject: string, response: HttpResponse): Promise<void> {
    if (!this.config.forwardAuth) return;
    tellAllowance(response, COUNTER, await this.limiter.consume('forwardAuth', COUNTER, subject));
  }
}
