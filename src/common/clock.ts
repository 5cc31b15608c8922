/** The time, injectable so that tests can move it. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract now(): number;
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
