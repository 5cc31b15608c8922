import { describe, expect, it, jest } from '@jest/globals';
import { TimedCheck } from './timed-check.js';

describe('TimedCheck', () => {
  it('asks once for all who want to know at the same time, and anew for those who come later', async () => {
    const ask = jest.fn(() => Promise.resolve());
    const check = new TimedCheck(ask, 1_000);
    await Promise.all([check.run(), check.run(), check.run()]);
    expect(ask).toHaveBeenCalledTimes(1);
    await check.run();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('fails with what asking fails with', async () => {
    const check = new TimedCheck(() => Promise.reject(new Error('refused')), 1_000);
    await expect(check.run()).rejects.toThrow('refused');
  });

  it('waits no longer than it is told to, asks no second time meanwhile, and hears of what comes too late', async () => {
    let answer: () => void = () => undefined;
    const ask = jest.fn(() => new Promise<void>((resolve) => (answer = resolve)));
    const check = new TimedCheck(ask, 1);
    await expect(check.run()).rejects.toThrow('no answer within 1 ms');
    await expect(check.run()).rejects.toThrow('no answer within 1 ms');
    expect(ask).toHaveBeenCalledTimes(1);
    answer();
    await Promise.resolve();
    const patient = check.run();
    answer();
    await expect(patient).resolves.toBeUndefined();
  });
});
