import type { DelayRule } from '../../throttling/account/attempt-store.js';
import { InProcessAttempts } from '../../throttling/account/in-process-attempts.js';

/** Five are free, and no wait is longer than a quarter of an hour. */
const RULE: DelayRule = { failures: 5, delayMax: 900_000 };

/** Wrong passwords, counted in memory. */
export class InMemoryAttemptStore extends InProcessAttempts {
  /** @param rule how many failures are free, and how long no wait is exceeded: milliseconds */
  constructor(rule: DelayRule = RULE) {
    super(rule);
  }
}
