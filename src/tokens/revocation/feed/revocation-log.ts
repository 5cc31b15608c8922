import type { Clock } from '../../../common/clock.js';
import type { Revocation } from '../revocation.js';

/** A revocation as this process learned of it. */
interface Learned {
  readonly revocation: Revocation;
  /** Grows with each; of this process only. */
  readonly number: number;
  /** Of the monotonic clock. */
  readonly at: number;
}

/** The live revocations in the order in which this process learned of them. A later one of the same id stands behind an earlier one. */
export class RevocationLog {
  private learned: Learned[] = [];
  private last = 0;

  constructor(private readonly clock: Clock) {}

  append(revocations: readonly Revocation[]): void {
    const at = this.clock.monotonic();
    for (const revocation of revocations) {
      this.last += 1;
      this.learned.push({ revocation, number: this.last, at });
    }
  }

  /** Of the last one; 0: there is none. */
  get lastNumber(): number {
    return this.last;
  }

  /** @returns at most `limit` that were learned after that one, and the number to go on from */
  after(
    number: number,
    limit: number,
  ): { readonly revocations: readonly Revocation[]; readonly last: number } {
    const first = this.indexOf((entry) => entry.number > number);
    const found = this.learned.slice(first, first + limit);
    return { revocations: found.map(({ revocation }) => revocation), last: found.at(-1)?.number ?? number };
  }

  /** @returns the number of the last one that was learned longer ago than so many milliseconds */
  numberBefore(age: number): number {
    const from = this.clock.monotonic() - age;
    return this.learned[this.indexOf((entry) => entry.at >= from) - 1]?.number ?? 0;
  }

  /** @param isOver whether it concerns no token that may still be alive */
  forget(isOver: (revocation: Revocation) => boolean): void {
    this.learned = this.learned.filter(({ revocation }) => !isOver(revocation));
  }

  /** The first that fits: those that fit are all behind those that do not. */
  private indexOf(fits: (entry: Learned) => boolean): number {
    let [low, high] = [0, this.learned.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.learned[middle];
      if (entry && fits(entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
