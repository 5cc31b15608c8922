import { Injectable } from '@nestjs/common';
import { type Allowance, type LatchkeyComposition, type LimitName, RateLimiter } from 'latchkey';

const OFFICES = new Set(['198.51.100.7']);

/** Gives addresses behind which there are many people ten times the quotas. */
@Injectable()
class OfficeLimiter extends RateLimiter {
  override consume(name: LimitName, counter: string, key: string, times = 1): Promise<Allowance> {
    return super.consume(name, counter, key, OFFICES.has(key) ? times * 10 : times);
  }
}

export const officeLimits: LatchkeyComposition = {
  providers: [{ provide: RateLimiter, useClass: OfficeLimiter }],
};
