import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { Measurements, type RevocationSource } from '../../src/common/measurements.js';
import { PushChannel } from '../../src/push/push-channel.js';
import { encodeRevocation, type Revocation } from '../../src/tokens/revocation/revocation.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import { ManualClock } from '../integration/manual-clock.js';
import { HeldRevocations, sessionRevocation, tokenOfSession } from './held-revocations.js';
import { testConfig } from './test-config.js';

export const INTERVAL = 500;
export const STALENESS_BOUND = 5_000;
export const FULL_RELOAD_AFTER = 30_000;
export const SWEEP_INTERVAL = 60_000;

/** A store that other processes write to, and that can fail, or not answer. */
export class FakeStore extends HeldRevocations {
  recentEntries: Revocation[] = [];
  failing = false;
  /** How many more times only. */
  failures = 0;
  silent = false;
  readonly asked = { all: 0, recent: 0 };

  constructor(override readonly shared: boolean) {
    super();
  }

  override async all(): Promise<Revocation[]> {
    this.asked.all += 1;
    return this.answer([...this.entries, ...this.recentEntries]);
  }

  override async recent(): Promise<Revocation[]> {
    this.asked.recent += 1;
    return this.answer(this.recentEntries);
  }

  private async answer(entries: Revocation[]): Promise<Revocation[]> {
    if (this.silent) return new Promise(() => {});
    if (this.failures > 0) this.failures -= 1;
    else if (!this.failing) return entries;
    throw new Error('the store is gone');
  }
}

/** Other instances, as this one hears of them. */
class FakePush extends PushChannel {
  readonly connected = true;
  readonly published: string[] = [];

  publish(_topic: string, message: string): Promise<void> {
    this.published.push(message);
    return Promise.resolve();
  }

  arrives(...entries: Revocation[]): void {
    this.receive('revocations', entries.map(encodeRevocation).join('\n'));
  }

  arrivesAsText(message: string): void {
    this.receive('revocations', message);
  }

  reconnects(): void {
    this.reportGap();
  }
}

interface UnderTest {
  push: FakePush;
  clock: ManualClock;
  store: FakeStore;
  list: RevocationList;
  /** What was measured. */
  lags: [RevocationSource, number][];
}

/** Of the test that runs: a list, once it has been started, and what it hears of. */
export const underTest = {} as UnderTest;

/** To be called by a spec: time stands still but for `pass` and the clock of `underTest`. */
export function listAnew(): void {
  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    Object.assign(underTest, { clock: new ManualClock(), push: new FakePush() });
  });

  afterEach(() => {
    underTest.list.onApplicationShutdown();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
}

/** A list that has not been started. */
export function hold(store: FakeStore): void {
  const { push, clock } = underTest;
  const lags: UnderTest['lags'] = [];
  const measurements = new Measurements();
  measurements.revocationLearned = (...measured) => void lags.push(measured);
  const list = new RevocationList(store, push, testConfig('unused').tokens, clock, measurements);
  Object.assign(underTest, { store, list, lags });
}

export async function start(shared: boolean, entries: Revocation[] = []): Promise<void> {
  const store = new FakeStore(shared);
  store.entries = entries;
  hold(store);
  await underTest.list.onModuleInit();
}

export function revocation(sessionId: string, livesFor = 900_000): Revocation {
  return sessionRevocation(sessionId, underTest.clock.now() + livesFor);
}

export const isRevoked = (sessionId: string) => underTest.list.isRevoked(tokenOfSession(sessionId));

/** Time as timers and the monotonic clock see it. */
export const pass = async (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
