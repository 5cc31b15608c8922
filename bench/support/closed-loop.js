import { percentile } from './statistics.js';

/** @typedef {{ perSecond: number, p50: number, p99: number }} LoopResult latencies in milliseconds */

/**
 * Workers that take one step after the other, each when its last is done. What is under way at the end is waited for, and
 * counts, with its time.
 * @param {{ workers: number, seconds: number, step: (worker: number) => Promise<unknown> }} options
 * @returns {Promise<LoopResult>}
 */
export async function closedLoop({ workers, seconds, step }) {
  /** @type {number[]} */
  const latencies = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let now = performance.now(); now < endsAt;) {
        await step(worker);
        const done = performance.now();
        latencies.push(done - now);
        now = done;
      }
    }),
  );
  const elapsed = (performance.now() - startedAt) / 1000;
  return {
    perSecond: latencies.length / elapsed,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
  };
}
