import { Logger } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { Revocation } from './revocation.js';
import {
  FULL_RELOAD_AFTER,
  type FakeStore,
  INTERVAL,
  STALENESS_BOUND,
  deferred,
  isRevoked,
  listAnew,
  pass,
  revocation,
  start,
  underTest,
} from '../../../test/support/revocation-list-under-test.js';

describe('RevocationList on a shared store', () => {
  listAnew();

  it.each([
    ['fails', (failing: FakeStore) => (failing.failing = true)],
    ['does not answer', (silent: FakeStore) => (silent.silent = true)],
  ])(
    'that %s, answers from memory up to the staleness bound, then says it cannot know',
    async (_, breakIt) => {
      await start(true, [revocation('dead')]);
      breakIt(underTest.store);
      await pass(STALENESS_BOUND);

      expect(underTest.list.isFresh).toBe(true);
      expect(isRevoked('dead')).toBe(true);
      expect(isRevoked('alive')).toBe(false);
      await pass(1);
      expect(underTest.list.isFresh).toBe(false);
      expect(() => isRevoked('alive')).toThrow(UnavailableError);
      expect(() => isRevoked('dead')).toThrow(UnavailableError);
    },
  );

  it('counts staleness from when a reading began, not from when its answer came', async () => {
    await start(true);
    const answer = deferred<Revocation[]>();
    jest.spyOn(underTest.store, 'recent').mockReturnValueOnce(answer.promise);
    await pass(INTERVAL);
    await pass(STALENESS_BOUND - 1);
    underTest.store.silent = true;
    answer.resolve([]);
    await pass(1);
    expect(underTest.list.isFresh).toBe(true);

    await pass(1);
    expect(underTest.list.isFresh).toBe(false);
  });

  it('recovers by itself, and then knows what was revoked meanwhile', async () => {
    await start(true);
    underTest.store.failing = true;
    await pass(STALENESS_BOUND + INTERVAL);
    expect(() => isRevoked('session')).toThrow(UnavailableError);

    underTest.store.recentEntries = [revocation('session')];
    underTest.store.failing = false;
    await pass(INTERVAL);
    expect(isRevoked('session')).toBe(true);
    expect(isRevoked('alive')).toBe(false);
  });

  it('reads all, not only the recent ones, after a longer gap', async () => {
    await start(true);
    underTest.store.failing = true;
    await pass(FULL_RELOAD_AFTER + INTERVAL);
    underTest.store.entries = [revocation('revoked-long-ago')];
    underTest.store.failing = false;
    await pass(INTERVAL);

    expect(isRevoked('revoked-long-ago')).toBe(true);
  });

  it('reads only the recent ones after a short gap', async () => {
    await start(true);
    underTest.store.failing = true;
    await pass(FULL_RELOAD_AFTER - INTERVAL);
    underTest.store.failing = false;
    await pass(INTERVAL);

    expect(underTest.store.asked.all).toBe(1);
    expect(underTest.list.isFresh).toBe(true);
  });

  // The monotonic clock stands still while a machine sleeps; the revocations of that time are no longer "recent".
  it('reads all when the machine was asleep, though no timer noticed', async () => {
    await start(true);
    await pass(INTERVAL);
    underTest.store.entries = [revocation('revoked-while-asleep')];
    underTest.clock.advance(600_000);
    jest.setSystemTime(Date.now() + 600_000);
    await pass(2 * INTERVAL);

    expect(isRevoked('revoked-while-asleep')).toBe(true);
  });

  it('does not trust what it knew before the machine slept, and reads it when it is asked', async () => {
    await start(true);
    underTest.clock.jump(STALENESS_BOUND);
    expect(underTest.list.isFresh).toBe(true);
    underTest.store.entries = [revocation('revoked-while-asleep')];
    underTest.clock.jump(600_000);

    expect(underTest.list.isFresh).toBe(false);
    expect(() => isRevoked('revoked-while-asleep')).toThrow(UnavailableError);
    await underTest.list.catchUp();
    expect(isRevoked('revoked-while-asleep')).toBe(true);
    expect(isRevoked('alive')).toBe(false);
  });

  it('is not made fresh by a wall clock that is set back', async () => {
    await start(true);
    underTest.store.failing = true;
    await pass(STALENESS_BOUND + 1);
    underTest.clock.advance(-600_000);
    jest.setSystemTime(Date.now() - 600_000);

    expect(() => isRevoked('session')).toThrow(UnavailableError);
  });

  it('tries again at once before it says that it cannot know', async () => {
    await start(true);
    underTest.store.failures = STALENESS_BOUND / INTERVAL + 1;
    await pass(STALENESS_BOUND + INTERVAL);

    expect(underTest.store.failures).toBe(0);
    expect(isRevoked('live')).toBe(false);
  });

  it('says once that it cannot know, and once that it knows again', async () => {
    const error = jest.spyOn(Logger.prototype, 'error');
    const log = jest.spyOn(Logger.prototype, 'log');
    await start(true);
    underTest.store.failing = true;
    await pass(STALENESS_BOUND);
    expect(error).not.toHaveBeenCalled();
    await pass(10 * INTERVAL);
    underTest.store.failing = false;
    await pass(10 * INTERVAL);

    expect(error).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledWith(expect.stringContaining('the store is gone'));
    expect(log).toHaveBeenCalledTimes(1);
  });
});
