import { describe, expect, it } from '@jest/globals';
import { InProcessAttempts } from './in-process-attempts.js';

const NOW = 1_795_400_000_000;

describe('InProcessAttempts', () => {
  it('is bounded, and forgets accounts that do not have to wait before those that do', async () => {
    const store = new InProcessAttempts({ failures: 2, delayMax: 900_000 });
    await store.count('guessed', NOW);
    await store.count('guessed', NOW);
    await store.count('mistyped', NOW);
    for (let other = 0; other < 100_000; other += 1) await store.count(`other ${other}`, NOW);

    expect((await store.count('guessed', NOW)).allowed).toBe(false);
    expect((await store.count('mistyped', NOW)).failures).toBe(1);
  });
});
