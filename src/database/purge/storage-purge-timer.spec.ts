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

it('StoragePurgeTimer purges a minute after the start, and then some five minutes after it was done', async () => {
  const run = jest.fn<StoragePurge['run']>();
  run.mockResolvedValue({ counts: {}, yielded: false });
  const timer = new StoragePurgeTimer({ run } as unknown as StoragePurge);
  timer.onApplicationBootstrap();

  await jest.advanceTimersByTimeAsync(MINUTE);
  expect(run).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(5.5 * MINUTE + 1);
  expect(run).toHaveBeenCalledTimes(2);
  await timer.onApplicationShutdown();
});
