import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Database } from '../../src/database/database.js';
import { CountStore, type Delta, type WindowCount } from '../../src/throttling/requests/count-store.js';
import { PostgresCounts } from '../../src/throttling/requests/postgres-counts.js';
import { RedisCounts } from '../../src/throttling/requests/redis-counts.js';
import { RequestCounts } from '../../src/throttling/requests/request-counts.js';
import { StoreCircuitBreaker } from '../../src/throttling/store/store-circuit-breaker.js';
import { describeWithRedis, redis } from '../support/services/available.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const LIMIT = 10;
const MINUTE = 60_000;

/** Waits for the store as long as it takes: a busy machine is slow, too. */
class EndlessPatience extends StoreCircuitBreaker {
  override ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    return question().catch(() => undefined);
  }
}

function instances(count: number, store: CountStore | undefined, clock = new ManualClock()): RequestCounts[] {
  return Array.from({ length: count }, () => new RequestCounts(store, new EndlessPatience(), clock));
}

/** How many of so many requests at once each instance lets through. */
async function allowed(counts: readonly RequestCounts[], each: number, key: string): Promise<number> {
  const answers = await Promise.all(
    counts.flatMap((one) => Array.from({ length: each }, () => one.count(key, LIMIT, MINUTE))),
  );
  return answers.filter(({ points }) => points <= LIMIT).length;
}

function behavesAsStore(make: () => CountStore): void {
  const now = 1_000_000;
  const delta = (key: string, points: number): Delta => ({ key, points, windowEnd: now + MINUTE });

  it('adds to a window, and begins another when that has ended', async () => {
    const store = make();
    await store.add([delta('latchkey:a', 2), delta('latchkey:b', 1)], now);
    const [a, b] = (await store.add([delta('latchkey:b', 1), delta('latchkey:a', 3)], now)).toSorted(
      (x, y) => (x.key < y.key ? -1 : 1),
    );
    expect([a?.points, b?.points]).toEqual([5, 2]);
  });

  it('loses nothing that many add at once', async () => {
    const store = make();
    const keys = Array.from({ length: 10 }, (_, index) => `latchkey:at-once-${index}`);
    await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        store.add(
          keys.map((key) => delta(key, 1)).toSorted(() => (turn % 2 === 0 ? 1 : -1)),
          now,
        ),
      ),
    );
    const counts = await store.add(
      keys.map((key) => delta(key, 1)),
      now,
    );
    expect(counts.map(({ points }) => points)).toEqual(Array(10).fill(21));
  });

  it('lets one instance through exactly its quota, however many ask at once', async () => {
    const store = make();
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await allowed(instances(1, store), 30, `latchkey:exact-${turn}`)).toBe(LIMIT);
    }
  });

  it('lets three instances at once through no more than the quota and two halves of it, and nothing after that', async () => {
    const three = instances(3, make());
    const first = await allowed(three, 30, 'latchkey:overdrawn');
    expect(first).toBeGreaterThanOrEqual(LIMIT);
    expect(first).toBeLessThanOrEqual(LIMIT + 2 * (LIMIT / 2));
    expect(await allowed(three, 30, 'latchkey:overdrawn')).toBe(0);
  });

  it('tells what one instance counted to the others', async () => {
    const [one, other] = instances(2, make()) as [RequestCounts, RequestCounts];
    for (let turn = 0; turn < 5; turn += 1) await one.count('latchkey:told', LIMIT, MINUTE);
    await one.beforeApplicationShutdown();
    for (let turn = 0; turn < 5; turn += 1) await other.count('latchkey:told', LIMIT, MINUTE);
    expect(await other.count('latchkey:told', LIMIT, MINUTE)).toMatchObject({ points: 11 });
  });
}

describeOnEachDatabase('Requests counted in the database', (open) => {
  let database: DatabaseUnderTest;
  let db: Database;

  beforeAll(async () => {
    database = await open();
    [{ db }] = database.connections;
  });
  afterAll(() => database.remove());

  behavesAsStore(() => new PostgresCounts(db));

  it('begin anew in a window after one that has ended', async () => {
    const store = new PostgresCounts(db);
    await store.add([{ key: 'latchkey:ended', points: 9, windowEnd: 2_000 }], 1_000);
    expect(await store.add([{ key: 'latchkey:ended', points: 1, windowEnd: 9_000 }], 2_000)).toEqual([
      { key: 'latchkey:ended', points: 1, windowEnd: 9_000 },
    ]);
  });
});

describeWithRedis('Requests counted in Redis', () => {
  const client = new Redis(redis?.url ?? '', { lazyConnect: true });
  beforeAll(async () => {
    await client.connect();
    await client.flushdb();
  });
  afterAll(() => client.quit());

  behavesAsStore(() => new RedisCounts(client));
});

describe('Requests counted in the process', () => {
  it('are exact', async () => {
    expect(await allowed(instances(1, undefined), 50, 'a')).toBe(LIMIT);
  });

  it('begin anew when their window has ended, and when the clock was ahead', async () => {
    const clock = new ManualClock();
    const [counts] = instances(1, undefined, clock) as [RequestCounts];
    for (let turn = 0; turn < 3; turn += 1) await counts.count('a', LIMIT, MINUTE);
    clock.advance(MINUTE);
    expect(await counts.count('a', LIMIT, MINUTE)).toMatchObject({ points: 1 });
    clock.advance(-60 * MINUTE);
    expect(await counts.count('a', LIMIT, MINUTE)).toMatchObject({ points: 1 });
  });

  it('go on while the store fails, and are told to it later', async () => {
    const told: WindowCount[] = [];
    let fails = true;
    class Store extends CountStore {
      add(deltas: readonly Delta[]): Promise<WindowCount[]> {
        if (fails) return Promise.reject(new Error('gone'));
        told.push(...deltas);
        return Promise.resolve([...deltas]);
      }
    }
    const [counts] = instances(1, new Store()) as [RequestCounts];
    const answers = [];
    for (let turn = 0; turn < 12; turn += 1) answers.push(await counts.count('a', LIMIT, MINUTE));
    expect(answers.map(({ points }) => points <= LIMIT)).toEqual([...Array(10).fill(true), false, false]);
    fails = false;
    await counts.beforeApplicationShutdown();
    expect(told).toMatchObject([{ key: 'a', points: 12 }]);
  });

  it('are exact with a store that takes first what was told it last', async () => {
    class Store extends CountStore {
      private points = 0;
      private readonly waiting: (() => void)[] = [];

      override async add([delta]: readonly Delta[]): Promise<WindowCount[]> {
        await new Promise<void>((take) => {
          this.waiting.push(take);
          setImmediate(() => this.waiting.pop()?.());
        });
        this.points += delta?.points ?? 0;
        return delta ? [{ ...delta, points: this.points }] : [];
      }
    }
    expect(await allowed(instances(1, new Store()), 30, 'a')).toBe(LIMIT);
  });

  it('tell a store that was away in batches that one statement can hold', async () => {
    const sizes: number[] = [];
    class Store extends CountStore {
      add(deltas: readonly Delta[]): Promise<WindowCount[]> {
        sizes.push(deltas.length);
        return Promise.resolve([...deltas]);
      }
    }
    const [counts] = instances(1, new Store()) as [RequestCounts];
    await Promise.all(Array.from({ length: 12_000 }, (_, key) => counts.count(`k${key}`, LIMIT, MINUTE)));
    await counts.beforeApplicationShutdown();
    expect(sizes).toEqual([5_000, 5_000, 2_000]);
  });

  it('are bounded by number: the oldest window is forgotten for one beyond a hundred thousand', async () => {
    const [counts] = instances(1, undefined) as [RequestCounts];
    for (let key = 0; key < 100_000; key += 1) await counts.count(`k${key}`, LIMIT, MINUTE);
    expect(await counts.count('k1', LIMIT, MINUTE)).toMatchObject({ points: 2 });
    await counts.count('one more', LIMIT, MINUTE);
    expect(await counts.count('k0', LIMIT, MINUTE)).toMatchObject({ points: 1 });
  });
});
