import { randomUUID } from 'node:crypto';
import type { AttemptStore, CountedAttempt, DelayRule } from '../../throttling/account/attempt-store.js';
import { expect } from '../runner/expect.js';
import { beforeEach, describe, it } from '../runner/test-runner.js';
import { callsAtOnce, type ContractStore, forEachTest, type Made } from './contract-store.js';

/** Three are free; the waits after that: 1 s, 2 s, 4 s, 8 s, and never more than 10 s. */
const RULE: DelayRule = { failures: 3, delayMax: 10_000 };
const NOW = 1_795_400_000_000;

/**
 * What every `AttemptStore` must do.
 * @param name of the implementation, or of what it is kept in
 * @param make gives it, empty, with the rule that it is to follow; or a store with several instances
 * @example
 * attemptStoreContract('MyAttemptStore', (rule) => new MyAttemptStore(rule));
 */
export function attemptStoreContract(name: string, make: (rule: DelayRule) => Made<AttemptStore>): void {
  describe(name, () => {
    attemptTests(make);
  });
}

function attemptTests(make: (rule: DelayRule) => Made<AttemptStore>): void {
  let opened: ContractStore<AttemptStore>;
  let store: AttemptStore;
  let key: string;

  forEachTest(
    () => make(RULE),
    (made) => {
      opened = made;
      [store] = made.instances;
    },
  );
  beforeEach(() => {
    key = randomUUID();
  });

  const atOnce = <T>(times: number, call: (instance: AttemptStore, index: number) => Promise<T>) =>
    Promise.all(callsAtOnce(opened, times, call));

  /** Fails as soon as it may. @returns when each try was let in, from the first on */
  async function failAsSoonAsAllowed(count: number): Promise<number[]> {
    const times: number[] = [];
    for (let now = NOW; times.length < count; now += 500) {
      // In less than the wait any number of tries may go by.
      while (times.length < count && (await store.count(key, now)).allowed) times.push(now - NOW);
    }
    return times;
  }

  it('counts what is free, and then lets each failure wait twice as long as the one before', async () => {
    expect(await failAsSoonAsAllowed(8)).toEqual([0, 0, 0, 1_000, 3_000, 7_000, 15_000, 25_000]);
  });

  it('refuses without counting, and says what the wait is from', async () => {
    await failAsSoonAsAllowed(3);
    for (let refusal = 0; refusal < 3; refusal += 1) {
      expect(await store.count(key, NOW + 999)).toEqual({
        allowed: false,
        failures: 3,
        countedAt: NOW,
        noticed: false,
        before: expect.anything(),
        pending: 3,
      });
    }
    expect(await store.count(key, NOW + 1_000)).toMatchObject({ allowed: true, failures: 4 });
  });

  it('forgets one failure each longest wait, and all of them in the end', async () => {
    await failAsSoonAsAllowed(3);
    expect(await store.count(key, NOW + 19_999)).toMatchObject({ allowed: true, failures: 3 });
    expect(await store.count(key, NOW + 19_999 + 2 * 10_000)).toMatchObject({ allowed: true, failures: 2 });
    expect(await store.count(key, NOW + 99_999)).toMatchObject({ allowed: true, failures: 1 });
  });

  it('never lets more in than one each longest wait in the long run, however patient they are', async () => {
    for (const patience of [10_000, 15_000, 20_000, 25_000]) {
      key = randomUUID();
      let tried = 0;
      let now = NOW;
      for (; now < NOW + 3_000_000; now += patience) if ((await store.count(key, now)).allowed) tried += 1;
      // What is free, and the doublings, come on top once.
      expect(tried).toBeLessThanOrEqual((now - NOW) / RULE.delayMax + 3 + 4);
    }
  });

  it('says how many others are under way, until the end of each is told', async () => {
    const counted: CountedAttempt[] = [];
    for (let time = 0; time < 3; time += 1) counted.push(await store.count(key, NOW));
    expect(counted.map(({ pending }) => pending)).toEqual([0, 1, 2]);
    const pendingAt = async (now: number) => (await store.count(key, now)).pending;
    await store.fail(key);
    expect(await pendingAt(NOW + 1)).toBe(2);
    await store.refund(key, counted[0] as CountedAttempt);
    await store.fail(key);
    await store.fail(key);
    expect(await store.count(key, NOW + 1)).toMatchObject({ allowed: true, failures: 3, pending: 0 });
  });

  it('takes tries whose end is never told for over after ten seconds', async () => {
    // The last is let in at 25 s, and holds others up until 35 s.
    await failAsSoonAsAllowed(8);
    expect(await store.count(key, NOW + 34_999)).toMatchObject({ allowed: false, pending: 1 });
    expect(await store.count(key, NOW + 35_000)).toMatchObject({ allowed: true, pending: 0 });
    expect(await store.count(key, NOW + 35_001)).toMatchObject({ allowed: false, pending: 1 });
  });

  it('gives back', async () => {
    await failAsSoonAsAllowed(2);
    await store.refund(key, await store.count(key, NOW));
    expect(await store.count(key, NOW)).toMatchObject({ allowed: true, failures: 3 });
    expect((await store.count(key, NOW)).allowed).toBe(false);
  });

  it('gives the first one back', async () => {
    await store.refund(key, await store.count(key, NOW));
    expect(await failAsSoonAsAllowed(5)).toEqual([0, 0, 0, 1_000, 3_000]);
  });

  it('has nothing to give back where nothing is counted any more', async () => {
    const counted = await store.count(key, NOW);
    await store.forget(key);
    await store.refund(key, counted);
    await store.refund(key, counted);
    expect(await failAsSoonAsAllowed(5)).toEqual([0, 0, 0, 1_000, 3_000]);
  });

  it('begins no wait anew by what is given back, however often', async () => {
    await failAsSoonAsAllowed(5);
    for (const after of [4_000, 4_000, 4_001, 9_999]) {
      const counted = await store.count(key, NOW + 3_000 + after);
      expect(counted).toMatchObject({ allowed: true, failures: 6 });
      await store.refund(key, counted);
    }
    // The wait after the fifth failure is over, that after a sixth is not.
    expect((await store.count(key, NOW + 13_000)).allowed).toBe(true);
    expect(await store.count(key, NOW + 13_001)).toMatchObject({ allowed: false, countedAt: NOW + 13_000 });
  });

  it('forgets failures also while right ones are given back more often than each longest wait', async () => {
    await failAsSoonAsAllowed(3);
    for (let now = NOW + 5_000; now <= NOW + 30_000; now += 5_000)
      await store.refund(key, await store.count(key, now));
    expect(await store.count(key, NOW + 30_000)).toMatchObject({ allowed: true, failures: 1 });
  });

  it('keeps the time of a failure that was counted meanwhile', async () => {
    await failAsSoonAsAllowed(1);
    const right = await store.count(key, NOW + 100);
    await store.count(key, NOW + 200);
    await store.refund(key, right);
    expect(await store.count(key, NOW + 300)).toMatchObject({ allowed: true, failures: 3 });
    expect(await store.count(key, NOW + 301)).toMatchObject({ allowed: false, countedAt: NOW + 300 });
  });

  it('gives back what many have counted at once', async () => {
    await failAsSoonAsAllowed(1);
    const counted = await atOnce(20, (one) => one.count(key, NOW + 100));
    expect(counted.filter(({ allowed }) => allowed)).toHaveLength(2);
    await atOnce(20, async (one, place) => {
      const attempt = counted[place];
      if (attempt?.allowed) await one.refund(key, attempt);
    });
    expect(await store.count(key, NOW + 100)).toMatchObject({ allowed: true, failures: 2 });
  });

  it('keeps the notice of a streak that something is given back to', async () => {
    await failAsSoonAsAllowed(3);
    const right = await store.count(key, NOW + 1_000);
    expect(await store.claimNotice(key)).toBe(true);
    await store.refund(key, right);
    expect(await store.claimNotice(key)).toBe(false);
  });

  it('forgets a streak that is forgiven', async () => {
    await failAsSoonAsAllowed(6);
    await store.forget(key);
    expect(await failAsSoonAsAllowed(4)).toEqual([0, 0, 0, 1_000]);
  });

  it('lets a notice be claimed once a streak, by one of many', async () => {
    await failAsSoonAsAllowed(4);
    const claims = await atOnce(20, (one) => one.claimNotice(key));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await store.count(key, NOW + 10_000)).toMatchObject({ allowed: true, noticed: true });
    expect(await store.claimNotice(key)).toBe(false);

    expect(await store.count(key, NOW + 1_000_000)).toMatchObject({ failures: 1, noticed: false });
    expect(await store.claimNotice(key)).toBe(true);
  });

  it('has no notice where nothing is counted', async () => {
    expect(await store.claimNotice(key)).toBe(false);
  });

  it('keeps keys apart', async () => {
    await failAsSoonAsAllowed(3);
    expect(await store.count(randomUUID(), NOW)).toMatchObject({ allowed: true, failures: 1 });
  });

  it('takes a clock that goes back for no reason to let a caller in, or to lock one out', async () => {
    await store.count(key, NOW);
    expect(await store.count(key, NOW - 3_600_000)).toMatchObject({ allowed: true, failures: 2 });
    await store.count(key, NOW - 3_600_000);
    expect((await store.count(key, NOW - 3_600_001)).allowed).toBe(false);
  });

  it.each([20 * 60_000, 24 * 3_600_000])(
    'locks no caller out for longer than the wait after the clock was %i ms ahead',
    async (ahead) => {
      for (const after of [0, 0, 0, 1_000, 3_000, 7_000, 15_000]) await store.count(key, NOW + ahead + after);
      expect(await store.count(key, NOW)).toMatchObject({ allowed: false, failures: 7, countedAt: NOW });
      expect(await store.count(key, NOW + 1)).toMatchObject({ allowed: false, countedAt: NOW });
      expect((await store.count(key, NOW + RULE.delayMax - 1)).allowed).toBe(false);
      expect((await store.count(key, NOW + RULE.delayMax)).allowed).toBe(true);
    },
  );

  describe('asked by 100 at once', () => {
    const at = (now: number) => atOnce(100, (one) => one.count(key, now));
    const allowed = (answers: readonly { allowed: boolean }[]) =>
      answers.filter((answer) => answer.allowed).length;

    it('lets in as many as are free, then one after each wait', async () => {
      expect(allowed(await at(NOW))).toBe(3);
      expect(allowed(await at(NOW + 999))).toBe(0);
      expect(allowed(await at(NOW + 1_000))).toBe(1);
      expect(allowed(await at(NOW + 2_999))).toBe(0);
      expect(allowed(await at(NOW + 3_000))).toBe(1);
    });
  });
}
