import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PeriodicTask } from './periodic-task.js';

const MINUTE = 60_000;

describe('PeriodicTask', () => {
  const run = jest.fn<(signal?: AbortSignal) => Promise<void>>();
  const error = jest.fn();
  let task: PeriodicTask;

  class Task extends PeriodicTask {
    run = run;

    constructor(private readonly needed = true) {
      super('Task', 'It cannot be done', { firstAfter: MINUTE, interval: 10 * MINUTE, jitter: 0.2 });
    }

    protected override isNeeded(): boolean {
      return this.needed;
    }
  }

  const start = (needed?: boolean) => {
    task = new Task(needed);
    task.onApplicationBootstrap();
  };
  const pass = (minutes: number) => jest.advanceTimersByTimeAsync(minutes * MINUTE);

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'error').mockImplementation(error);
    run.mockReset().mockResolvedValue();
    error.mockReset();
  });
  afterEach(async () => {
    await task.onApplicationShutdown();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('runs some time after the start, and again some time after it was done, not in step with others', async () => {
    start();
    await jest.advanceTimersByTimeAsync(MINUTE - 1);
    expect(run).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(1);

    await jest.advanceTimersByTimeAsync(9 * MINUTE - 1);
    expect(run).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2 * MINUTE + 1);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('never runs twice at once, however long it takes', async () => {
    let finish = (): void => undefined;
    run.mockReturnValue(new Promise((resolve) => (finish = resolve)));
    start();
    await pass(60);

    expect(run).toHaveBeenCalledTimes(1);
    finish();
  });

  it('tells once that it fails, without parameters, tries again, and tells of the next failure', async () => {
    run.mockRejectedValue(new Error('Failed query: delete\nparams: secret'));
    start();
    await pass(60);
    expect(run.mock.calls.length).toBeGreaterThan(3);
    expect(error.mock.calls).toEqual([['It cannot be done, which is tried again: Failed query: delete']]);

    run.mockResolvedValue();
    await pass(60);
    run.mockRejectedValue(new Error('again'));
    await pass(60);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('stops at shutdown, which waits for the run under way', async () => {
    let finish = (): void => undefined;
    run.mockReturnValue(new Promise((resolve) => (finish = resolve)));
    start();
    await pass(1);
    let stopped = false;
    const stopping = task.onApplicationShutdown().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(0);
    expect([run.mock.calls[0]?.[0]?.aborted, stopped]).toEqual([true, false]);

    finish();
    await stopping;
    await pass(60);
    expect(run).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not run after a shutdown that came first, nor where there is nothing to do', async () => {
    start();
    await task.onApplicationShutdown();
    start(false);
    await pass(60);

    expect(run).not.toHaveBeenCalled();
  });
});
