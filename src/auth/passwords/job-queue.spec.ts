import { describe, expect, it } from '@jest/globals';
import { JobQueue } from './job-queue.js';

/** A job that lasts until it is told to end. */
function gatedJob() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let begun = false;
  const job = async () => {
    begun = true;
    await ended;
    return 'done';
  };
  return { job, end, isBegun: () => begun };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('The queue of passwords', () => {
  it('runs so many at once, and the others in the order in which they came', async () => {
    const queue = new JobQueue(2, 10);
    const jobs = Array.from({ length: 4 }, gatedJob);
    const results = jobs.map(({ job }) => queue.run(job));
    await turn();
    expect(jobs.map(({ isBegun }) => isBegun())).toEqual([true, true, false, false]);
    jobs[1]?.end();
    await turn();
    expect(jobs.map(({ isBegun }) => isBegun())).toEqual([true, true, true, false]);
    for (const { end } of jobs) end();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('goes on after a job that fails', async () => {
    const queue = new JobQueue(1, 10);
    const failing = queue.run(() => Promise.reject(new Error('broken')));
    const next = queue.run(() => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('refuses what finds it full', async () => {
    const queue = new JobQueue(1, 1);
    const [first, second] = [gatedJob(), gatedJob()];
    const results = [first, second].map(({ job }) => queue.run(job));
    await expect(queue.run(() => Promise.resolve())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterSeconds: 5,
    });
    first.end();
    second.end();
    await Promise.all(results);
  });

  it('drops a job whose caller has gone, which gives its place to another', async () => {
    const queue = new JobQueue(1, 1);
    const [first, dropped, other] = [gatedJob(), gatedJob(), gatedJob()];
    const caller = new AbortController();
    const running = queue.run(first.job);
    const waiting = queue.run(dropped.job, caller.signal);
    caller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    const later = queue.run(other.job);
    first.end();
    other.end();
    expect(await Promise.all([running, later])).toEqual(['done', 'done']);
    expect(dropped.isBegun()).toBe(false);
  });

  it('does not take in a job of a caller who has gone already', async () => {
    const queue = new JobQueue(1, 1);
    const { job, isBegun } = gatedJob();
    await expect(queue.run(job, AbortSignal.abort())).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(isBegun()).toBe(false);
  });

  it('finishes a job that has begun, whether or not its caller waits', async () => {
    const queue = new JobQueue(1, 1);
    const { job, end } = gatedJob();
    const caller = new AbortController();
    const running = queue.run(job, caller.signal);
    await turn();
    caller.abort();
    end();
    expect(await running).toBe('done');
  });

  it('refuses what waits, and what comes, once it is closed', async () => {
    const queue = new JobQueue(1, 1);
    const { job, end } = gatedJob();
    const running = queue.run(job);
    const waiting = queue.run(() => Promise.resolve());
    queue.close();
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(queue.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    end();
    expect(await running).toBe('done');
  });
});
