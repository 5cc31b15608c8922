import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { StoreCircuitBreaker } from '../store/store-circuit-breaker.js';
import { CountStore, type Delta, type WindowCount } from './count-store.js';

/** How long the others do not know what was counted here; milliseconds. */
const SETTLED_EVERY = 50;
/** Windows in one statement, which PostgreSQL takes 65,535 parameters for: what piled up while it did not answer. */
const BATCH_MAX = 5_000;
/** Some 20 MB. */
const WINDOWS_MAX = 100_000;
/** How many of the oldest are looked at for one that has ended. */
const LOOKED_AT = 100;

/** The window of one client, as this process knows it. */
interface Window {
  /** All that is known of: what the store last said, and what came since. */
  points: number;
  /** What the store has not been told. */
  unsettled: number;
  /** Milliseconds since the epoch. */
  end: number;
}

/**
 * Counts requests in fixed windows, in this process, and adds them up with those of the other instances: twenty times a
 * second in one statement while at most half of a quota is used, and from there on before each answer. So `n` instances
 * let through no more than the quota or, if that is more, `n` times half of it, and the latter only within a moment.
 * While the store does not answer, this process counts on for itself.
 */
@Injectable()
export class RequestCounts implements BeforeApplicationShutdown {
  /** The one that began last is the last. */
  private readonly windows = new Map<string, Window>();
  private readonly unsettled = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param store undefined where there is only this process */
  constructor(
    private readonly store: CountStore | undefined,
    private readonly patience: StoreCircuitBreaker,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts one request more.
   * @param duration of the window, milliseconds
   */
  async count(key: string, limit: number, duration: number): Promise<WindowCount> {
    const now = this.clock.now();
    const window = this.windowOf(key, now, duration);
    window.points += 1;
    const counted = { key, points: window.points, windowEnd: window.end };
    if (!this.store) return counted;
    window.unsettled += 1;
    this.unsettled.add(key);
    if (window.points > limit / 2) {
      const [settled] = await this.settle([key]);
      return settled ? laterOf(counted, settled) : counted;
    }
    this.timer ??= setTimeout(() => void this.settleAll(), SETTLED_EVERY).unref();
    return counted;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.settleAll();
  }

  private async settleAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const keys = [...this.unsettled];
    const batches = Array.from({ length: Math.ceil(keys.length / BATCH_MAX) }, (_, batch) =>
      keys.slice(batch * BATCH_MAX, (batch + 1) * BATCH_MAX),
    );
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other: each is a statement
    for (const batch of batches) await this.settle(batch);
  }

  /** Never fails: what the store was not told it is told later. */
  private async settle(keys: readonly string[]): Promise<readonly WindowCount[]> {
    const deltas = keys.flatMap((key) => this.take(key) ?? []);
    if (deltas.length === 0 || !this.store) return [];
    const { store } = this;
    const now = this.clock.now();
    const counts = await this.patience.ask(() => store.add(deltas, now));
    if (counts) for (const count of counts) this.adopt(count);
    else for (const delta of deltas) this.giveBack(delta);
    return counts ?? [];
  }

  private take(key: string): Delta | undefined {
    this.unsettled.delete(key);
    const window = this.windows.get(key);
    if (!window || window.unsettled === 0) return undefined;
    const points = window.unsettled;
    window.unsettled = 0;
    return { key, points, windowEnd: window.end };
  }

  private adopt({ key, points, windowEnd }: WindowCount): void {
    const window = this.windows.get(key);
    if (!window) return;
    const known = { key, points: window.points, windowEnd: window.end };
    const later = laterOf(known, { key, points: points + window.unsettled, windowEnd });
    window.points = later.points;
    window.end = later.windowEnd;
  }

  private giveBack({ key, points, windowEnd }: Delta): void {
    const window = this.windows.get(key);
    if (!window || window.end !== windowEnd) return;
    window.unsettled += points;
    this.unsettled.add(key);
  }

  private windowOf(key: string, now: number, duration: number): Window {
    const known = this.windows.get(key);
    // Not beyond its length either: the clock may have been ahead.
    if (known && now < known.end && known.end <= now + duration) return known;
    this.windows.delete(key);
    this.unsettled.delete(key);
    if (this.windows.size >= WINDOWS_MAX) this.windows.delete(this.leastWorth(now));
    const window = { points: 0, unsettled: 0, end: now + duration };
    this.windows.set(key, window);
    return window;
  }

  private leastWorth(now: number): string {
    let looked = 0;
    let oldest: string | undefined;
    for (const [key, { end }] of this.windows) {
      oldest ??= key;
      if (end <= now) return key;
      looked += 1;
      if (looked === LOOKED_AT) break;
    }
    return oldest ?? '';
  }
}

/** What the store says, unless it is of the same window and knows of less: answers overtake each other. */
function laterOf(known: WindowCount, settled: WindowCount): WindowCount {
  const isSame = Math.abs(known.windowEnd - settled.windowEnd) < SETTLED_EVERY;
  return isSame && known.points > settled.points ? known : settled;
}
