import { describe, expect, it, jest } from '@jest/globals';
import type { Revocation } from './revocation.js';
import {
  FakeStore,
  INTERVAL,
  STALENESS_BOUND,
  SWEEP_INTERVAL,
  deferred,
  hold,
  isRevoked,
  listAnew,
  pass,
  revocation,
  start,
  underTest,
} from '../../../test/support/revocation-list-under-test.js';

/** Of an access token and the margin. */
const LIFE = 16 * 60_000;

describe('RevocationList', () => {
  listAnew();

  describe.each([true, false])('on a store that is shared: %s', (shared) => {
    it('knows at start what was revoked before', async () => {
      await start(shared, [revocation('dead')]);

      expect(isRevoked('dead')).toBe(true);
      expect(isRevoked('alive')).toBe(false);
    });

    it('does not start without knowing', async () => {
      hold(new FakeStore(shared));
      underTest.store.failing = true;

      await expect(underTest.list.onModuleInit()).rejects.toThrow('the store is gone');
    });

    it('takes in what this process revokes on the very next question', async () => {
      await start(shared);
      expect(isRevoked('session')).toBe(false);
      await underTest.list.announce([revocation('session'), revocation('another')]);

      expect(isRevoked('session')).toBe(true);
      expect(isRevoked('another')).toBe(true);
    });

    it('forgets an entry only when its last access token has expired', async () => {
      await start(shared);
      await underTest.list.announce([revocation('short', LIFE), revocation('long', LIFE + 1)]);
      underTest.clock.advance(LIFE - 1);
      await pass(SWEEP_INTERVAL);
      expect(isRevoked('short')).toBe(true);
      underTest.clock.advance(1);
      await pass(SWEEP_INTERVAL);

      expect(isRevoked('short')).toBe(false);
      expect(isRevoked('long')).toBe(true);
      underTest.clock.advance(1);
      await pass(SWEEP_INTERVAL);
      expect(isRevoked('long')).toBe(false);
    });

    it('forgets nothing for a clock that jumps ahead and comes back', async () => {
      await start(shared, [revocation('before')]);
      await underTest.list.announce([revocation('announced')]);
      const meanwhile = revocation('told-meanwhile');
      underTest.clock.jump(20 * 60_000);
      await pass(2 * INTERVAL);
      underTest.push.arrives(meanwhile);
      await pass(2 * SWEEP_INTERVAL);
      underTest.clock.jump(-20 * 60_000);

      expect(['before', 'announced', 'told-meanwhile'].map(isRevoked)).toEqual([true, true, true]);
    });

    it('leaves no timer behind', async () => {
      await start(shared);
      expect(jest.getTimerCount()).toBeGreaterThan(0);
      underTest.list.onApplicationShutdown();

      expect(jest.getTimerCount()).toBe(0);
    });
  });

  describe('on a store of its own', () => {
    it('never reads it again, and needs no freshness', async () => {
      await start(false);
      underTest.store.failing = true;
      await pass(10 * STALENESS_BOUND);

      expect(underTest.store.asked).toEqual({ all: 1, recent: 0 });
      expect(underTest.list.isFresh).toBe(true);
      expect(isRevoked('session')).toBe(false);
    });
  });

  describe('on a shared store', () => {
    it('starts with fresh knowledge, though the first reading took longer than that is good for', async () => {
      hold(new FakeStore(true));
      const answer = deferred<Revocation[]>();
      jest.spyOn(underTest.store, 'all').mockReturnValueOnce(answer.promise);
      const started = underTest.list.onModuleInit();
      await pass(STALENESS_BOUND + 1);
      answer.resolve([]);
      await started;

      expect(underTest.list.isFresh).toBe(true);
    });

    it('knows within half a second what others revoked', async () => {
      await start(true);
      underTest.store.recentEntries = [revocation('session')];
      expect(isRevoked('session')).toBe(false);
      await pass(INTERVAL);

      expect(isRevoked('session')).toBe(true);
    });

    it('keeps knowing what is no longer among the recent ones', async () => {
      await start(true);
      underTest.store.recentEntries = [revocation('session')];
      await pass(INTERVAL);
      underTest.store.recentEntries = [];
      await pass(10 * INTERVAL);

      expect(isRevoked('session')).toBe(true);
    });

    it('reads one answer after the other, never two at once', async () => {
      await start(true);
      underTest.store.silent = true;
      await pass(20 * INTERVAL);

      expect(underTest.store.asked.recent).toBe(1);
    });

    it('does not read on after shutdown, even if an answer was under way', async () => {
      await start(true);
      const answer = deferred<Revocation[]>();
      jest.spyOn(underTest.store, 'recent').mockReturnValueOnce(answer.promise);
      await pass(INTERVAL);
      underTest.list.onApplicationShutdown();
      answer.resolve([]);
      await pass(10 * INTERVAL);

      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
