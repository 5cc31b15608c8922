import type { Clock } from '../../src/common/clock.js';

/** The real time and an offset that tests move: timers stay real, only what time it is changes. */
export class OffsetClock {
  private offset = 0;

  /** Makes the application's clock tell this one's time. */
  static replace(clock: Clock): OffsetClock {
    const fake = new OffsetClock();
    clock.now = () => fake.now();
    return fake;
  }

  now(): number {
    return Date.now() + this.offset;
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
}
