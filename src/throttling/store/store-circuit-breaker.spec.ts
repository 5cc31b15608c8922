import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StoreCircuitBreaker } from './store-circuit-breaker.js';

describe('StoreCircuitBreaker', () => {
  const warn = jest.fn();
  let patience: StoreCircuitBreaker;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warn);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    warn.mockReset();
    patience = new StoreCircuitBreaker();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const answering = () => Promise.resolve('answer');
  const failing = () => Promise.reject(new Error('Failed query: insert\nparams: secret'));
  const silent = () => new Promise<string>(() => undefined);
  const poll = () => new Promise((resolve) => setImmediate(resolve));

  it('gives the answer', async () => {
    expect(await patience.ask(answering)).toBe('answer');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives no answer when the store fails, or is silent for 400 ms', async () => {
    expect(await patience.ask(failing)).toBeUndefined();
    await jest.advanceTimersByTimeAsync(500);

    const asked = patience.ask(silent);
    await jest.advanceTimersByTimeAsync(400);
    expect(await asked).toBeUndefined();
  });

  it('leaves the store alone for half a second after that, and then asks again', async () => {
    await patience.ask(failing);
    const question = jest.fn(answering);
    await jest.advanceTimersByTimeAsync(499);
    expect(await patience.ask(question)).toBeUndefined();
    expect(question).not.toHaveBeenCalled();

    await jest.advanceTimersByTimeAsync(1);
    expect(await patience.ask(question)).toBe('answer');
    expect(await patience.ask(question)).toBe('answer');
  });

  it('asks less and less often while the store fails, and every four seconds at the least', async () => {
    const question = jest.fn(failing);
    const started = performance.now();
    const times: number[] = [];
    for (let elapsed = 0; elapsed < 16_000; elapsed += 100) {
      await Promise.all([patience.ask(question), patience.ask(question)]);
      if (question.mock.calls.length > 0) times.push(performance.now() - started);
      question.mockClear();
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(times).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500]);

    await jest.advanceTimersByTimeAsync(4_000);
    await patience.ask(answering);
    await patience.ask(failing);
    await jest.advanceTimersByTimeAsync(500);
    expect(await patience.ask(answering)).toBe('answer');
  });

  it('takes an answer that came in time but was not read in time, since this process was busy', async () => {
    let answer = (_: string): void => undefined;
    const asked = patience.ask(() => new Promise<string>((resolve) => (answer = resolve)));
    jest.advanceTimersByTime(400);
    answer('answer');
    await poll();
    expect(await asked).toBe('answer');
  });

  it('says once that it fails, without parameters, and again the next time', async () => {
    for (let time = 0; time < 3; time += 1) {
      await patience.ask(failing);
      await jest.advanceTimersByTimeAsync(4_000);
    }
    expect(warn.mock.calls).toEqual([
      ['Limits are not shared, each process counts for itself: Failed query: insert'],
    ]);

    await patience.ask(answering);
    await patience.ask(failing);
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
