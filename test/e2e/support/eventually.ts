import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN = 10_000;
const EVERY = 25;

/** Tries an expectation until it holds; fails as it did last. */
export async function eventually(expectation: () => Promise<void>): Promise<void> {
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
