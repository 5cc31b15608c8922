import type { MailFailure } from '../transport/mailer.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

/** Greylisting servers want some minutes, and links live for a quarter of an hour. */
const FIRST_DELAY = 15 * SECOND;
const DELAY_MAX = 15 * MINUTE;
/** It is the server's fault, and may be over soon. */
const DELAY_MAX_UNAVAILABLE = 2 * MINUTE;
const PAUSE_FIRST = 5 * SECOND;
const PAUSE_MAX = MINUTE;
const GIVE_UP_AFTER = 3 * DAY;
const REFUSALS_MAX = 4;
/** Share: what failed together is not tried again together. */
const JITTER = 0.2;

/** How long after its failure a mail is tried again; undefined: it is given up. */
export function retryDelay(
  failure: MailFailure,
  { attempts, age }: { readonly attempts: number; readonly age: number },
): number | undefined {
  if (age >= GIVE_UP_AFTER || (failure === 'refused' && attempts >= REFUSALS_MAX)) return undefined;
  return grown(FIRST_DELAY, attempts, failure === 'unavailable' ? DELAY_MAX_UNAVAILABLE : DELAY_MAX);
}

/** How long no mail at all is tried, after the server has been unavailable so many times. */
export function pauseAfter(failures: number): number {
  return grown(PAUSE_FIRST, failures, PAUSE_MAX);
}

/** Doubled each time. */
function grown(first: number, times: number, max: number): number {
  return Math.min(first * 2 ** Math.min(times - 1, 30), max) * (1 + JITTER * (Math.random() - 0.5));
}
