import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Purged, StoragePurge } from './storage-purge.service.js';
import { StoragePurgeTimer } from './storage-purge-timer.js';

const MINUTE = 60_000;
const NOTHING: Purged = { sessions: 0, revocations: 0, oneTimeTokens: 0, yielded: false };

describe('StoragePurgeTimer', () => {
  const run = jest.fn<StoragePurge['run']>();
  const error = jest.fn();
  let timer: StoragePurgeTimer;

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'error').mockImplementation(error);
    run.mockReset().mockResolvedValue(NOTHING);
    error.mockReset();
    timer = new StoragePurgeTimer({ run } as unknown as StoragePurge);
    timer.onApplicationBootstrap();
  });
  afterEach(async () => {
    await timer.onApplicationShutdown();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('purges a minute after the start, and then some ten minutes after it was done', async () => {
    await jest.advanceTimersByTimeAsync(MINUTE - 1);
    expect(run).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(1);

    await jest.advanceTimersByTimeAsync(9 * MINUTE - 1);
    expect(run).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2 * MINUTE + 1);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('never purges twice at once, however long it takes', async () => {
    run.mockReturnValue(new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(60 * MINUTE);

    expect(run).toHaveBeenCalledTimes(1);
    run.mockReset();
    timer = new StoragePurgeTimer({ run } as unknown as StoragePurge);
  });

  it('tells once that it fails, without parameters, tries again, and tells of the next failure', async () => {
    const hour = () => jest.advanceTimersByTimeAsync(60 * MINUTE);
    run.mockRejectedValue(new Error('Failed query: delete\nparams: secret'));
    await hour();
    expect(run.mock.calls.length).toBeGreaterThan(3);
    expect(error.mock.calls).toEqual([
      ['Old rows cannot be purged, which is tried again: Failed query: delete'],
    ]);

    run.mockResolvedValue(NOTHING);
    await hour();
    run.mockRejectedValue(new Error('again'));
    await hour();
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('stops at shutdown, which waits for the batch under way', async () => {
    let finish = (_: Purged): void => undefined;
    run.mockReturnValue(new Promise((resolve) => (finish = resolve)));
    await jest.advanceTimersByTimeAsync(MINUTE);
    let stopped = false;
    const stopping = timer.onApplicationShutdown().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(0);
    expect([run.mock.calls[0]?.[0]?.aborted, stopped]).toEqual([true, false]);

    finish(NOTHING);
    await stopping;
    await jest.advanceTimersByTimeAsync(60 * MINUTE);
    expect(run).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not run after a shutdown that came first', async () => {
    await timer.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(60 * MINUTE);

    expect(run).not.toHaveBeenCalled();
  });
});
