import { Clock } from '../../src/common/clock.js';

/** Stands still until a test moves it, so that the very millisecond at which something ends can be tested. */
export class StoppedClock extends Clock {
  constructor(private time = Date.parse('2030-01-01T00:00:00.000Z')) {
    super();
  }

  now(): number {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}
