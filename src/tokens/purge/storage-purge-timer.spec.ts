import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { StoragePurge } from './storage-purge.js';
import { StoragePurgeTimer } from './storage-purge-timer.js';

const MINUTE = 60_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('StoragePurgeTimer purges a minute after the start, and then some ten minutes after it was done', async () => {
  const run = jest.fn<StoragePurge['run']>();
  run.mockResolvedValue({ sessions: 0, revocations: 0, oneTimeTokens: 0, yielded: false });
  const timer = new StoragePurgeTimer({ run } as unknown as StoragePurge);
  timer.onApplicationBootstrap();

  await jest.advanceTimersByTimeAsync(MINUTE);
  expect(run).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(11 * MINUTE);
  expect(run).toHaveBeenCalledTimes(2);
  await timer.onApplicationShutdown();
});
