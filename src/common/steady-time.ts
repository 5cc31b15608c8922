import type { Clock } from './clock.js';

/** What time it may be, where a clock that is set ahead or back must not decide alone. */
export class SteadyTime {
  private readonly startedAt: number;
  private readonly startedAtMonotonic: number;

  constructor(private readonly clock: Clock) {
    this.startedAt = clock.now();
    this.startedAtMonotonic = clock.monotonic();
  }

  /** How long this has been there, at least; milliseconds. */
  get elapsed(): number {
    return this.clock.monotonic() - this.startedAtMonotonic;
  }

  /** For what must not happen too early: a clock that was set ahead since does not count. Milliseconds since the epoch. */
  earliest(): number {
    return Math.min(this.clock.now(), this.startedAt + this.elapsed);
  }

  /** For what must not end too early: a clock that was set back since does not count. Milliseconds since the epoch. */
  latest(): number {
    return Math.max(this.clock.now(), this.startedAt + this.elapsed);
  }
}
