import { Clock } from '../common/clock.js';
import { parseDuration } from '../common/duration.js';

/**
 * A clock that stands still until a test moves it. In place of `Clock`:
 * `{ provide: Clock, useValue: clock }`. Timers of Node stay real.
 *
 * @example
 * const clock = new FakeClock('2030-01-01T00:00:00Z');
 * clock.advance('15m'); // an access token has expired now
 */
export class FakeClock extends Clock {
  private time: number;
  private elapsed = 0;

  /** @param start milliseconds since the epoch, or ISO 8601; by default what time it is */
  constructor(start: number | string = Date.now()) {
    super();
    this.time = typeof start === 'number' ? start : Date.parse(start);
    if (!Number.isFinite(this.time)) throw new TypeError(`FakeClock cannot start at ${start}.`);
  }

  now(): number {
    return this.time;
  }

  override monotonic(): number {
    return this.elapsed;
  }

  /**
   * Time passes, and the monotonic clock goes on with it.
   * @param duration milliseconds, or as settings write it: `10s`, `15m`, `7d`. Less than nothing sets the clock back
   */
  advance(duration: number | string): void {
    const milliseconds = millisecondsOf(duration);
    this.time += milliseconds;
    this.elapsed += Math.max(0, milliseconds);
  }

  /** The clock is set ahead or back by so many milliseconds, and no time passes. */
  jump(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** @throws TypeError unless it is milliseconds, or a duration as settings write it */
export function millisecondsOf(duration: number | string): number {
  const milliseconds = typeof duration === 'number' ? duration : parseDuration(duration);
  if (milliseconds === undefined || !Number.isFinite(milliseconds))
    throw new TypeError(`${duration} is no duration: write milliseconds, or 500ms, 10s, 15m, 2h, 7d.`);
  return milliseconds;
}
