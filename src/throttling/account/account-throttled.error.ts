import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** Says the same of an account that exists and one that does not. */
export class AccountThrottledError extends LatchkeyError {
  constructor(retryAfterSeconds: number) {
    super('ACCOUNT_THROTTLED', `Too many failed attempts; try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
}
