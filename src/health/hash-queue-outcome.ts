import type { HashingLoad } from '../auth/passwords/password-hasher.js';
import type { CheckOutcome } from '../common/errors/latchkey-error.js';

/** Far beyond what a password takes, on a machine under load, too. Milliseconds. */
const STUCK_AFTER = 30_000;

/**
 * A full queue is no reason to send an instance nothing at all: strangers can fill it, of all instances at once, and what needs no
 * hashing is as fast as ever. One that has stopped moving is.
 */
export function hashQueueOutcome(load: HashingLoad | undefined): CheckOutcome {
  if (!load) return 'ok';
  if (load.stuckFor > STUCK_AFTER) return 'failed';
  return load.waiting >= load.waitingMax ? 'busy' : 'ok';
}
