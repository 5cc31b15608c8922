import type { AccountThrottlingConfig } from '../../config/config.js';

/** The wait after as many failures as cost nothing; the next doubles it. Milliseconds. */
export const FIRST_DELAY = 1_000;

/**
 * How long a try is waited for whose end is not told; milliseconds. A password is verified in less, unless the process
 * that does it has died.
 */
export const PENDING_MAX = 10_000;

/** How many failures are free, and the longest wait, in milliseconds. */
export type DelayRule = Pick<AccountThrottlingConfig, 'failures' | 'delayMax'>;

/** Wrong passwords of one account, one device or one session. */
export interface Failures {
  readonly failures: number;
  /** When the last of them was counted; milliseconds since the epoch. */
  readonly countedAt: number;
  /** The owner has been told of this streak. */
  readonly noticed: boolean;
}

/** What the store says of an attempt that is about to be made. */
export interface CountedAttempt extends Failures {
  /** Counted as a failure, and may go on. Otherwise nothing has changed, or the wait has begun now. */
  readonly allowed: boolean;
  /** What the streak was until then. */
  readonly before: Pick<Failures, 'failures' | 'countedAt'>;
  /** Other tries of any process, counted as failures, whose end is not known; none if the last is older than `PENDING_MAX`. */
  readonly pending: number;
}

/**
 * Where failures are counted. A streak leaks: one failure is forgotten each `delayMax`, and nothing is left of a streak
 * when the last has been.
 */
export abstract class AttemptStore {
  /**
   * Counts a failure before it is known to be one, unless the wait after the last is not over: one atomic step. A clock that counted
   * it and was ahead locks no caller out for longer than the wait: it then begins now (`notAhead`).
   */
  abstract count(key: string, now: number): Promise<CountedAttempt>;
  /** It was a failure: is no longer pending. One atomic step. */
  abstract fail(key: string): Promise<void>;
  /**
   * It was no failure, and is no longer pending: one less, and, if none was counted since, everything as before, so that what is right neither
   * begins a wait anew nor keeps failures from being forgotten. One atomic step.
   */
  abstract refund(key: string, counted: CountedAttempt): Promise<void>;
  /** @returns true once a streak */
  abstract claimNotice(key: string): Promise<boolean>;
  /** Forgets the failures of a subject, e.g. after it has shown the right password. */
  abstract forget(key: string): Promise<void>;
}

/** Of a streak that says so many are pending. */
export function stillPending(pending: number, countedAt: number, now: number): number {
  return now < countedAt + PENDING_MAX ? pending : 0;
}

/** When the last failure of a streak was counted, by a clock that may have been ahead. */
export function notAhead(countedAt: number, now: number): number {
  return Math.min(countedAt, now);
}

/** How long no try is let in after so many failures. */
export function delayAfter(failures: number, rule: DelayRule): number {
  if (failures < rule.failures) return 0;
  return Math.min(rule.delayMax, FIRST_DELAY * 2 ** (failures - rule.failures));
}
