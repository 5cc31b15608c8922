import type { Clock } from '../../src/common/clock.js';

/**
 * The real time and an offset that tests move: timers stay real, only what time it is changes. What the application lets go
 * by, as after a revocation, it does not wait for.
 */
export class OffsetClock {
  private offset = 0;
  private heldAt: number | undefined;

  /** Makes the application's clock tell this one's time. */
  static replace(clock: Clock): OffsetClock {
    const fake = new OffsetClock();
    fake.isToldBy(clock);
    return fake;
  }

  /** Lets another application have the same time. */
  isToldBy(clock: Clock): void {
    clock.now = () => this.now();
    clock.wait = (milliseconds) => {
      this.advance(milliseconds);
      return Promise.resolve();
    };
  }

  now(): number {
    return (this.heldAt ?? Date.now()) + this.offset;
  }

  /**
   * From now on only tests move it: however long one takes on a busy machine, no time goes by. For all that is about waits
   * and windows of seconds.
   */
  hold(): void {
    this.heldAt ??= Date.now();
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
}
