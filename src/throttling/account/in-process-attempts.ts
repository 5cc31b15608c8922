import {
  AttemptStore,
  type CountedAttempt,
  delayAfter,
  type DelayRule,
  type Failures,
  notAhead,
  stillPending,
} from './attempt-store.js';

/** Some 20 MB. */
const KEYS_MAX = 100_000;
/** How many of the oldest are looked at for one that is not worth keeping. */
const LOOKED_AT = 100;

interface Streak extends Failures {
  readonly pending: number;
}

/** Counts in this process. Bounded: beyond it, streaks that hold no caller up are forgotten first, then the oldest. */
export class InProcessAttempts extends AttemptStore {
  /** The one counted last is the last. */
  private readonly streaks = new Map<string, Streak>();

  constructor(private readonly rule: DelayRule) {
    super();
  }

  count(key: string, now: number): Promise<CountedAttempt> {
    const streak = this.streaks.get(key) ?? { failures: 0, countedAt: now, noticed: false, pending: 0 };
    const pending = stillPending(streak.pending, streak.countedAt, now);
    if (now < streak.countedAt + delayAfter(streak.failures, this.rule) && this.isLong(streak)) {
      const refused = { ...streak, countedAt: notAhead(streak.countedAt, now) };
      this.streaks.set(key, refused);
      return Promise.resolve({ ...refused, pending, allowed: false, before: refused });
    }
    const left = Math.max(0, streak.failures - this.leaked(streak, now));
    const counted = { failures: left + 1, countedAt: now, noticed: left > 0 && streak.noticed };
    this.keep(key, { ...counted, pending: pending + 1 });
    return Promise.resolve({ ...counted, pending, allowed: true, before: streak });
  }

  fail(key: string): Promise<void> {
    const streak = this.streaks.get(key);
    if (streak) this.streaks.set(key, { ...streak, pending: Math.max(0, streak.pending - 1) });
    return Promise.resolve();
  }

  refund(key: string, { failures, countedAt, before }: CountedAttempt): Promise<void> {
    const streak = this.streaks.get(key);
    if (!streak) return Promise.resolve();
    const isLast = streak.failures === failures && streak.countedAt === countedAt;
    const left = isLast ? before : { failures: streak.failures - 1, countedAt: streak.countedAt };
    const pending = Math.max(0, streak.pending - 1);
    const { noticed } = streak;
    if (left.failures > 0)
      this.streaks.set(key, { failures: left.failures, countedAt: left.countedAt, noticed, pending });
    else this.streaks.delete(key);
    return Promise.resolve();
  }

  claimNotice(key: string): Promise<boolean> {
    const streak = this.streaks.get(key);
    if (!streak || streak.noticed) return Promise.resolve(false);
    this.streaks.set(key, { ...streak, noticed: true });
    return Promise.resolve(true);
  }

  forget(key: string): Promise<void> {
    this.streaks.delete(key);
    return Promise.resolve();
  }

  /** Takes over what another store has counted. */
  remember(key: string, { failures, countedAt, noticed }: Failures): void {
    this.keep(key, { failures, countedAt, noticed, pending: 0 });
  }

  private keep(key: string, streak: Streak): void {
    this.streaks.delete(key);
    if (this.streaks.size >= KEYS_MAX) this.streaks.delete(this.leastWorth());
    this.streaks.set(key, streak);
  }

  private leastWorth(): string {
    let looked = 0;
    let oldest: string | undefined;
    for (const [key, streak] of this.streaks) {
      oldest ??= key;
      if (!this.isLong(streak)) return key;
      looked += 1;
      if (looked === LOOKED_AT) break;
    }
    return oldest ?? '';
  }

  private isLong({ failures }: Failures): boolean {
    return failures >= this.rule.failures;
  }

  private leaked({ countedAt }: Failures, now: number): number {
    return Math.max(0, Math.floor((now - countedAt) / this.rule.delayMax));
  }
}
