import { expect, it } from '@jest/globals';
import { Clock } from './clock.js';
import { PolledSnapshot } from './polled-snapshot.js';

const MAX_AGE = 5_000;

class ManualClock extends Clock {
  time = 0;

  override now(): number {
    return this.time;
  }
}

it('does not grow older when a reading that began earlier ends after a later one', async () => {
  const clock = new ManualClock();
  let answer = (_: boolean): void => undefined;
  const slow = new Promise<boolean>((resolve) => (answer = resolve));
  const snapshot = new PolledSnapshot(clock, { interval: 1_000, maxAge: MAX_AGE, read: () => slow });
  const earlier = snapshot.read();
  clock.time += 2 * MAX_AGE;
  await snapshot.taking(() => Promise.resolve());
  answer(true);
  await earlier;

  expect(snapshot.isFresh).toBe(true);
});
