import { setTimeout as sleep } from 'node:timers/promises';

/** The time, injectable so that tests can move it. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract now(): number;

  /** Milliseconds since some moment. Goes on evenly when the time is set; may stand still while the machine sleeps. */
  monotonic(): number {
    return performance.now();
  }

  /** Resolves when the time has gone on by so many milliseconds. A clock that tests move may move itself instead. */
  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds);
  }
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}

/** NumericDate of RFC 7519 section 2: whole seconds since the epoch. */
export function toNumericDate(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
