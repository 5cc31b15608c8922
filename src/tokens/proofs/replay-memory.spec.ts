import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/integration/manual-clock.js';
import { PROOF_REMEMBERED } from './replay-detection.js';
import { ReplayMemory } from './replay-memory.js';

describe('ReplayMemory', () => {
  it('remembers each for as long as proofs are good, also over the turn of a generation', async () => {
    const clock = new ManualClock();
    const replays = new ReplayMemory(clock);
    clock.advance(PROOF_REMEMBERED - 1);
    expect(await replays.isFirstUse('one')).toBe(true);
    clock.advance(PROOF_REMEMBERED - 1);
    expect(await replays.isFirstUse('one')).toBe(false);
    clock.advance(2 * PROOF_REMEMBERED);
    expect(await replays.isFirstUse('one')).toBe(true);
  });

  it('takes no more than it can remember, until there is room', async () => {
    const clock = new ManualClock();
    const replays = new ReplayMemory(clock, 2);
    expect([await replays.isFirstUse('one'), await replays.isFirstUse('two')]).toEqual([true, true]);
    await expect(replays.isFirstUse('three')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await replays.isFirstUse('two')).toBe(false);
    clock.advance(PROOF_REMEMBERED);
    expect(await replays.isFirstUse('three')).toBe(true);
    expect(await replays.isFirstUse('two')).toBe(false);
  });
});
