import { setTimeout as sleep } from 'node:timers/promises';

/** On a busy machine, and what a test waits for longer it waits for in vain. Milliseconds. */
const WITHIN = 40_000;
const EVERY = 25;

/** Tries an expectation until it holds; fails as it did last. @returns what it gives */
export async function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + WITHIN;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(EVERY);
    }
  }
}
