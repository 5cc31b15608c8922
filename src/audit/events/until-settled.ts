import { setTimeout as sleep } from 'node:timers/promises';

/** @param patience milliseconds, after which it resolves although some of the work has not come to an end */
export async function untilSettled(work: Iterable<Promise<unknown>>, patience: number): Promise<void> {
  const settled = new AbortController();
  const late = sleep(patience, undefined, { signal: settled.signal }).catch(() => undefined);
  await Promise.race([Promise.allSettled(work), late]);
  settled.abort();
}
