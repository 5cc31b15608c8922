import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['007d', 604_800_000],
  ])('reads %s as %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    ['no unit', '10'],
    ['no number', 'm'],
    ['an unknown unit', '1w'],
    ['a unit in upper case', '1D'],
    ['a fraction', '1.5h'],
    ['a sign', '-1s'],
    ['an exponent', '1e3s'],
    ['a blank inside', '10 s'],
    ['a blank around', ' 10s'],
    ['a line break at the end', '10s\n'],
    ['two durations', '1h30m'],
    ['more digits than can be meant', '1234567890s'],
    ['digits of another script', '١٠s'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [1500, '1500ms'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [36_500 * 86_400_000, '36500d'],
  ])('writes %i ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
