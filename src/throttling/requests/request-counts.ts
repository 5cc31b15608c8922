import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { StoreCircuitBreaker } from '../store/store-circuit-breaker.js';
import { CountStore, type Delta, type WindowCount } from './count-store.js';
import { outsideSpans } from '../../common/tracing/tracing.js';

/** How long the others do not know what was counted here; milliseconds. */
const SETTLED_EVERY = 50;
/** Windows in one statement, which PostgreSQL takes 65,535 parameters for: what piled up while it did not answer. */
const BATCH_MAX = 5_000;
/** Some 20 MB. */
const WINDOWS_MAX = 100_000;
/** How many of the oldest are looked at for one that has ended. */
const LOOKED_AT = 100;

interface Taken extends Delta {
  readonly upTo: number;
}

/** What a statement said of a window. */
interface Settled extends WindowCount {
  /** How many of this process's own it holds. */
  readonly upTo: number;
}

type Settling = Promise<ReadonlyMap<Window, Settled>>;

/** The window of one client, as this process knows it. */
interface Window {
  readonly key: string;
  /** All that is known of: what the store last said, and what came since. */
  points: number;
  /** How many of them were counted here. */
  own: number;
  /** What the store has not been told. */
  unsettled: number;
  /** Milliseconds since the epoch. */
  end: number;
  /** The statement on its way, if there is one: another one begins when it is answered, so that none overtakes it. */
  settling?: Settling | undefined;
  /** The one after it, which all share that come meanwhile. */
  next?: Settling | undefined;
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
  private readonly unsettled = new Set<Window>();
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
    window.own += 1;
    const { own } = window;
    const counted = { key, points: window.points, windowEnd: window.end };
    if (!this.store) return counted;
    window.unsettled += 1;
    this.unsettled.add(window);
    if (window.points > limit / 2) {
      const settled = (await this.settleOne(window)).get(window);
      // Those that came after this one are in the sum, too.
      return settled ? { ...settled, points: settled.points - (settled.upTo - own) } : counted;
    }
    this.settleSoon();
    return counted;
  }

  /** What this process knows of a window that runs; nothing is counted. */
  known(key: string): Readonly<Pick<Window, 'points' | 'end'>> | undefined {
    const window = this.windows.get(key);
    return window && this.clock.now() < window.end ? window : undefined;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.windows.values()].map(async ({ next, settling }) => next ?? settling));
    await this.settleAll();
  }

  private settleSoon(): void {
    this.timer ??= outsideSpans(() => setTimeout(() => void this.settleAll(), SETTLED_EVERY).unref());
  }

  private async settleAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const windows = [...this.unsettled].filter(({ settling }) => !settling);
    if (windows.length < this.unsettled.size) this.settleSoon();
    const batches = Array.from({ length: Math.ceil(windows.length / BATCH_MAX) }, (_, batch) =>
      windows.slice(batch * BATCH_MAX, (batch + 1) * BATCH_MAX),
    );
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other: each is a statement
    for (const batch of batches) await this.settle(batch.filter(({ settling }) => !settling));
  }

  private settleOne(window: Window): Settling {
    const { settling } = window;
    if (!settling) return this.settle([window]);
    window.next ??= settling.then(() => {
      window.next = undefined;
      return this.settle([window]);
    });
    return window.next;
  }

  /** @param windows of which none is being settled */
  private settle(windows: readonly Window[]): Settling {
    const settling = this.tell(windows).finally(() => {
      for (const window of windows) window.settling = undefined;
    });
    for (const window of windows) window.settling = settling;
    return settling;
  }

  /** Never fails: what the store was not told it is told later. */
  private async tell(windows: readonly Window[]): Settling {
    const told = new Map(windows.flatMap((window) => this.take(window)));
    if (told.size === 0 || !this.store) return new Map();
    const { store } = this;
    const now = this.clock.now();
    const counts = await this.patience.ask(() => store.add([...told.values()], now));
    if (!counts) {
      for (const [window, { points }] of told) this.giveBack(window, points);
      return new Map();
    }
    const byKey = new Map(counts.map((count) => [count.key, count]));
    return new Map(
      [...told].flatMap(([window, { upTo }]) => this.adopt(window, byKey.get(window.key), upTo)),
    );
  }

  private take(window: Window): [Window, Taken][] {
    this.unsettled.delete(window);
    const { key, unsettled, own, end } = window;
    if (unsettled === 0) return [];
    window.unsettled = 0;
    return [[window, { key, points: unsettled, windowEnd: end, upTo: own }]];
  }

  private adopt(window: Window, count: WindowCount | undefined, upTo: number): [Window, Settled][] {
    if (!count) return [];
    window.points = count.points + window.unsettled;
    window.end = count.windowEnd;
    return [[window, { ...count, upTo }]];
  }

  private giveBack(window: Window, points: number): void {
    if (this.windows.get(window.key) !== window) return;
    window.unsettled += points;
    this.unsettled.add(window);
  }

  private windowOf(key: string, now: number, duration: number): Window {
    const known = this.windows.get(key);
    // Not beyond its length either: the clock may have been ahead.
    if (known && now < known.end && known.end <= now + duration) return known;
    this.forget(known);
    if (this.windows.size >= WINDOWS_MAX) this.forget(this.leastWorth(now));
    const window = { key, points: 0, own: 0, unsettled: 0, end: now + duration };
    this.windows.set(key, window);
    return window;
  }

  private forget(window: Window | undefined): void {
    if (!window) return;
    this.windows.delete(window.key);
    this.unsettled.delete(window);
  }

  private leastWorth(now: number): Window | undefined {
    let looked = 0;
    let oldest: Window | undefined;
    for (const window of this.windows.values()) {
      oldest ??= window;
      if (window.end <= now) return window;
      looked += 1;
      if (looked === LOOKED_AT) break;
    }
    return oldest;
  }
}
