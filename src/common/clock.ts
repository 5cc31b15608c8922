/** The time, injectable so that tests can move it. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract now(): number;

  /** Milliseconds since some moment. Goes on evenly when the time is set; may stand still while the machine sleeps. */
  monotonic(): number {
    return performance.now();
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
