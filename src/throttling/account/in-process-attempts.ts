import {
  AttemptStore,
  type CountedAttempt,
  delayAfter,
  type DelayRule,
  type Failures,
} from './attempt-store.js';

/** Some 20 MB. */
const KEYS_MAX = 100_000;
/** How many of the oldest are looked at for one that is not worth keeping. */
const LOOKED_AT = 100;

/** Counts in this process. Bounded: beyond it, streaks that hold no caller up are forgotten first, then the oldest. */
export class InProcessAttempts extends AttemptStore {
  /** The one counted last is the last. */
  private readonly streaks = new Map<string, Failures>();

  constructor(private readonly rule: DelayRule) {
    super();
  }

  count(key: string, now: number): Promise<CountedAttempt> {
    const streak = this.streaks.get(key) ?? { failures: 0, countedAt: now, noticed: false };
    if (now < streak.countedAt + delayAfter(streak.failures, this.rule) && this.isLong(streak)) {
      return Promise.resolve({ ...streak, allowed: false, before: streak });
    }
    const left = Math.max(0, streak.failures - this.leaked(streak, now));
    const counted = { failures: left + 1, countedAt: now, noticed: left > 0 && streak.noticed };
    this.remember(key, counted);
    return Promise.resolve({ ...counted, allowed: true, before: streak });
  }

  refund(key: string, { failures, countedAt, before }: CountedAttempt): Promise<void> {
    const streak = this.streaks.get(key);
    if (!streak) return Promise.resolve();
    const isLast = streak.failures === failures && streak.countedAt === countedAt;
    const left = isLast ? before : { failures: streak.failures - 1, countedAt: streak.countedAt };
    if (left.failures > 0)
      this.streaks.set(key, { failures: left.failures, countedAt: left.countedAt, noticed: streak.noticed });
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
    this.streaks.delete(key);
    if (this.streaks.size >= KEYS_MAX) this.streaks.delete(this.leastWorth());
    this.streaks.set(key, { failures, countedAt, noticed });
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
