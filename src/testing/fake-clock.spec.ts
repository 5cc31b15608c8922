import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  const START = '2030-01-01T00:00:00.000Z';

  it('stands still, at what time it is or at what time it is told', () => {
    const before = Date.now();
    const clock = new FakeClock();

    expect(clock.now()).toBeGreaterThanOrEqual(before);
    expect(clock.now()).toBe(clock.now());
    expect(new FakeClock(START).now()).toBe(Date.parse(START));
    expect(new FakeClock(5).now()).toBe(5);
  });

  it.each([
    [1, 1],
    ['10s', 10_000],
    ['15m', 900_000],
    ['7d', 604_800_000],
  ])('advances by %j, and the monotonic clock with it', (duration, milliseconds) => {
    const clock = new FakeClock(START);
    clock.advance(duration);

    expect(clock.now() - Date.parse(START)).toBe(milliseconds);
    expect(clock.monotonic()).toBe(milliseconds);
  });

  it('is set back and ahead without the monotonic clock', () => {
    const clock = new FakeClock(START);
    clock.advance(-1000);
    clock.jump(3000);

    expect(clock.now() - Date.parse(START)).toBe(2000);
    expect(clock.monotonic()).toBe(0);
  });

  it('refuses what is no time and no duration', () => {
    expect(() => new FakeClock('tomorrow')).toThrow(/cannot start at tomorrow/);
    expect(() => new FakeClock().advance('a while')).toThrow(/a while is no duration/);
    expect(() => new FakeClock().advance(Number.NaN)).toThrow(TypeError);
  });
});
