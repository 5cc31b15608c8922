import { startStopwatch } from './stopwatch.js';

/** An access token is renewed when less than this is left of it: milliseconds, and a part of the whole. */
const MARGIN = 30_000;
const MARGIN_SHARE = 0.1;

/** How long an access token is good for, by the server's word and a stopwatch. */
export class Lifetime {
  private readonly elapsed: () => number;
  private readonly whole: number;

  /** @param expiresIn seconds @param since when it was asked for: it cannot be older */
  constructor(expiresIn: number, since: number) {
    this.elapsed = startStopwatch(since);
    this.whole = expiresIn * 1000;
  }

  /** Whether it is time to renew the token. */
  get isEnding(): boolean {
    return this.elapsed() > this.whole - Math.min(MARGIN, this.whole * MARGIN_SHARE);
  }

  get isOver(): boolean {
    return this.elapsed() > this.whole;
  }
}
