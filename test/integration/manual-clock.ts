import { Clock } from '../../src/common/clock.js';

/** Stands still until a test moves it, so that the very millisecond at which something ends can be tested. */
export class ManualClock extends Clock {
  private elapsed = 0;

  constructor(private time = Date.parse('2030-01-01T00:00:00.000Z')) {
    super();
  }

  now(): number {
    return this.time;
  }

  override monotonic(): number {
    return this.elapsed;
  }

  /** Time passes; what is negative sets the clock back. */
  advance(milliseconds: number): void {
    this.time += milliseconds;
    this.elapsed += Math.max(0, milliseconds);
  }

  /** The clock is set, and no time passes. */
  jump(milliseconds: number): void {
    this.time += milliseconds;
  }
}
