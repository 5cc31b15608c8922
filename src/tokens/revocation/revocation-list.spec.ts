import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../../test/integration/manual-clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import {
  HeldRevocations,
  sessionRevocation,
  tokenOfSession,
} from '../../../test/support/held-revocations.js';
import { testConfig } from '../../../test/support/test-config.js';
import { PushChannel } from '../../push/push-channel.js';
import { encodeRevocation, type Revocation } from './revocation.js';
import { RevocationList } from './revocation-list.js';

const INTERVAL = 500;
const STALENESS_BOUND = 5_000;
const FULL_RELOAD_AFTER = 30_000;
const SWEEP_INTERVAL = 60_000;
/** Of an access token and the margin. */
const LIFE = 16 * 60_000;

/** A store that other processes write to, and that can fail, or not answer. */
class FakeStore extends HeldRevocations {
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

describe('RevocationList', () => {
  const { tokens: config } = testConfig('unused');
  let push: FakePush;
  let clock: ManualClock;
  let store: FakeStore;
  let list: RevocationList;

  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    clock = new ManualClock();
    push = new FakePush();
  });

  afterEach(() => {
    list.onApplicationShutdown();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  async function start(shared: boolean, entries: Revocation[] = []): Promise<void> {
    store = new FakeStore(shared);
    store.entries = entries;
    list = new RevocationList(store, push, config, clock);
    await list.onModuleInit();
  }

  function revocation(sessionId: string, livesFor = 900_000): Revocation {
    return sessionRevocation(sessionId, clock.now() + livesFor);
  }

  const isRevoked = (sessionId: string) => list.isRevoked(tokenOfSession(sessionId));

  /** Time as timers and the monotonic clock see it. */
  const pass = async (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  describe.each([true, false])('on a store that is shared: %s', (shared) => {
    it('knows at start what was revoked before', async () => {
      await start(shared, [revocation('dead')]);

      expect(isRevoked('dead')).toBe(true);
      expect(isRevoked('alive')).toBe(false);
    });

    it('does not start without knowing', async () => {
      store = new FakeStore(shared);
      store.failing = true;
      list = new RevocationList(store, push, config, clock);

      await expect(list.onModuleInit()).rejects.toThrow('the store is gone');
    });

    it('takes in what this process revokes on the very next question', async () => {
      await start(shared);
      expect(isRevoked('session')).toBe(false);
      await list.announce([revocation('session'), revocation('another')]);

      expect(isRevoked('session')).toBe(true);
      expect(isRevoked('another')).toBe(true);
    });

    it('forgets an entry only when its last access token has expired', async () => {
      await start(shared);
      await list.announce([revocation('short', LIFE), revocation('long', LIFE + 1)]);
      clock.advance(LIFE - 1);
      await pass(SWEEP_INTERVAL);
      expect(isRevoked('short')).toBe(true);
      clock.advance(1);
      await pass(SWEEP_INTERVAL);

      expect(isRevoked('short')).toBe(false);
      expect(isRevoked('long')).toBe(true);
      clock.advance(1);
      await pass(SWEEP_INTERVAL);
      expect(isRevoked('long')).toBe(false);
    });

    it('forgets nothing for a clock that jumps ahead and comes back', async () => {
      await start(shared, [revocation('before')]);
      await list.announce([revocation('announced')]);
      const meanwhile = revocation('told-meanwhile');
      clock.jump(20 * 60_000);
      await pass(2 * INTERVAL);
      push.arrives(meanwhile);
      await pass(2 * SWEEP_INTERVAL);
      clock.jump(-20 * 60_000);

      expect(['before', 'announced', 'told-meanwhile'].map(isRevoked)).toEqual([true, true, true]);
    });

    it('leaves no timer behind', async () => {
      await start(shared);
      expect(jest.getTimerCount()).toBeGreaterThan(0);
      list.onApplicationShutdown();

      expect(jest.getTimerCount()).toBe(0);
    });
  });

  describe('on a store of its own', () => {
    it('never reads it again, and needs no freshness', async () => {
      await start(false);
      store.failing = true;
      await pass(10 * STALENESS_BOUND);

      expect(store.asked).toEqual({ all: 1, recent: 0 });
      expect(list.isFresh).toBe(true);
      expect(isRevoked('session')).toBe(false);
    });
  });

  describe('on a shared store', () => {
    it('starts with fresh knowledge, though the first reading took longer than that is good for', async () => {
      store = new FakeStore(true);
      list = new RevocationList(store, push, config, clock);
      const answer = deferred<Revocation[]>();
      jest.spyOn(store, 'all').mockReturnValueOnce(answer.promise);
      const started = list.onModuleInit();
      await pass(STALENESS_BOUND + 1);
      answer.resolve([]);
      await started;

      expect(list.isFresh).toBe(true);
    });

    it('knows within half a second what others revoked', async () => {
      await start(true);
      store.recentEntries = [revocation('session')];
      expect(isRevoked('session')).toBe(false);
      await pass(INTERVAL);

      expect(isRevoked('session')).toBe(true);
    });

    it('keeps knowing what is no longer among the recent ones', async () => {
      await start(true);
      store.recentEntries = [revocation('session')];
      await pass(INTERVAL);
      store.recentEntries = [];
      await pass(10 * INTERVAL);

      expect(isRevoked('session')).toBe(true);
    });

    it('reads one answer after the other, never two at once', async () => {
      await start(true);
      store.silent = true;
      await pass(20 * INTERVAL);

      expect(store.asked.recent).toBe(1);
    });

    it.each([
      ['fails', (failing: FakeStore) => (failing.failing = true)],
      ['does not answer', (silent: FakeStore) => (silent.silent = true)],
    ])(
      'that %s, answers from memory up to the staleness bound, then says it cannot know',
      async (_, breakIt) => {
        await start(true, [revocation('dead')]);
        breakIt(store);
        await pass(STALENESS_BOUND);

        expect(list.isFresh).toBe(true);
        expect(isRevoked('dead')).toBe(true);
        expect(isRevoked('alive')).toBe(false);
        await pass(1);
        expect(list.isFresh).toBe(false);
        expect(() => isRevoked('alive')).toThrow(UnavailableError);
        expect(() => isRevoked('dead')).toThrow(UnavailableError);
      },
    );

    it('counts staleness from when a reading began, not from when its answer came', async () => {
      await start(true);
      const answer = deferred<Revocation[]>();
      jest.spyOn(store, 'recent').mockReturnValueOnce(answer.promise);
      await pass(INTERVAL);
      await pass(STALENESS_BOUND - 1);
      store.silent = true;
      answer.resolve([]);
      await pass(1);
      expect(list.isFresh).toBe(true);

      await pass(1);
      expect(list.isFresh).toBe(false);
    });

    it('recovers by itself, and then knows what was revoked meanwhile', async () => {
      await start(true);
      store.failing = true;
      await pass(STALENESS_BOUND + INTERVAL);
      expect(() => isRevoked('session')).toThrow(UnavailableError);

      store.recentEntries = [revocation('session')];
      store.failing = false;
      await pass(INTERVAL);
      expect(isRevoked('session')).toBe(true);
      expect(isRevoked('alive')).toBe(false);
    });

    it('reads all, not only the recent ones, after a longer gap', async () => {
      await start(true);
      store.failing = true;
      await pass(FULL_RELOAD_AFTER + INTERVAL);
      store.entries = [revocation('revoked-long-ago')];
      store.failing = false;
      await pass(INTERVAL);

      expect(isRevoked('revoked-long-ago')).toBe(true);
    });

    it('reads only the recent ones after a short gap', async () => {
      await start(true);
      store.failing = true;
      await pass(FULL_RELOAD_AFTER - INTERVAL);
      store.failing = false;
      await pass(INTERVAL);

      expect(store.asked.all).toBe(1);
      expect(list.isFresh).toBe(true);
    });

    // The monotonic clock stands still while a machine sleeps; the revocations of that time are no longer "recent".
    it('reads all when the machine was asleep, though no timer noticed', async () => {
      await start(true);
      await pass(INTERVAL);
      store.entries = [revocation('revoked-while-asleep')];
      clock.advance(600_000);
      jest.setSystemTime(Date.now() + 600_000);
      await pass(2 * INTERVAL);

      expect(isRevoked('revoked-while-asleep')).toBe(true);
    });

    it('does not trust what it knew before the machine slept, and reads it when it is asked', async () => {
      await start(true);
      clock.jump(STALENESS_BOUND);
      expect(list.isFresh).toBe(true);
      store.entries = [revocation('revoked-while-asleep')];
      clock.jump(600_000);

      expect(list.isFresh).toBe(false);
      expect(() => isRevoked('revoked-while-asleep')).toThrow(UnavailableError);
      await list.catchUp();
      expect(isRevoked('revoked-while-asleep')).toBe(true);
      expect(isRevoked('alive')).toBe(false);
    });

    it('is not made fresh by a wall clock that is set back', async () => {
      await start(true);
      store.failing = true;
      await pass(STALENESS_BOUND + 1);
      clock.advance(-600_000);
      jest.setSystemTime(Date.now() - 600_000);

      expect(() => isRevoked('session')).toThrow(UnavailableError);
    });

    it('knows at once what it is told, and passes on what it is the first to know', async () => {
      await start(true);
      push.arrives(revocation('told'), revocation('told-too'));
      expect([isRevoked('told'), isRevoked('told-too'), isRevoked('alive')]).toEqual([true, true, false]);
      expect(push.published).toEqual([]);

      const own = revocation('own');
      await list.announce([own]);
      expect(push.published).toEqual([encodeRevocation(own)]);
    });

    it('tells of many in messages of less than 8,000 bytes', async () => {
      await start(true);
      const entries = Array.from({ length: 1_000 }, (_, index) => revocation(`${'x'.repeat(36)}${index}`));
      await list.announce(entries);

      expect(Math.max(...push.published.map((message) => message.length))).toBeLessThan(7_000);
      const told = push.published.flatMap((message) => message.split('\n'));
      expect(told).toEqual(entries.map(encodeRevocation));
    });

    it.each(['', 'nonsense', 'session|1|2', 'session|x|1|id', 'user|1|2|id', '{"kind":"all"}', '\0'])(
      'takes no harm from the message %j',
      async (message) => {
        await start(true);
        push.arrivesAsText(message);

        expect(isRevoked('')).toBe(false);
      },
    );

    it('reads at once what it may not have been told', async () => {
      await start(true);
      store.recentEntries = [revocation('missed')];
      push.reconnects();
      await pass(0);

      expect(isRevoked('missed')).toBe(true);
    });

    it('tries again at once before it says that it cannot know', async () => {
      await start(true);
      store.failures = STALENESS_BOUND / INTERVAL + 1;
      await pass(STALENESS_BOUND + INTERVAL);

      expect(store.failures).toBe(0);
      expect(isRevoked('live')).toBe(false);
    });

    it('says once that it cannot know, and once that it knows again', async () => {
      const error = jest.spyOn(Logger.prototype, 'error');
      const log = jest.spyOn(Logger.prototype, 'log');
      await start(true);
      store.failing = true;
      await pass(STALENESS_BOUND);
      expect(error).not.toHaveBeenCalled();
      await pass(10 * INTERVAL);
      store.failing = false;
      await pass(10 * INTERVAL);

      expect(error).toHaveBeenCalledTimes(1);
      expect(error).toHaveBeenCalledWith(expect.stringContaining('the store is gone'));
      expect(log).toHaveBeenCalledTimes(1);
    });

    it('does not read on after shutdown, even if an answer was under way', async () => {
      await start(true);
      const answer = deferred<Revocation[]>();
      jest.spyOn(store, 'recent').mockReturnValueOnce(answer.promise);
      await pass(INTERVAL);
      list.onApplicationShutdown();
      answer.resolve([]);
      await pass(10 * INTERVAL);

      expect(jest.getTimerCount()).toBe(0);
    });
  });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
