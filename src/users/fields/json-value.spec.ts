import { describe, expect, it } from '@jest/globals';
import { jsonProblem } from './json-value.js';

describe("A value of a team's own field", () => {
  it.each([null, '', 'x', 0, -1.5, false, [], { a: [{ b: null }] }, new Date(0)])('is kept: %j', (value) => {
    expect(jsonProblem(value)).toBeUndefined();
  });

  it.each([
    ['not a number', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['infinite within', { a: [Number.NEGATIVE_INFINITY] }],
    ['no time', new Date('no time')],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['missing', undefined],
  ])('is refused that is %s, and would be another as JSON', (_, value) => {
    expect(jsonProblem(value)).toBe('be a value that JSON has');
  });

  it('is refused with characters that PostgreSQL cannot keep, in names, too, and beyond 2,048 octets', () => {
    for (const text of ['\0', '\ud800'])
      for (const value of [text, { [text]: 1 }]) expect(jsonProblem(value)).toMatch('characters');
    expect(jsonProblem('ä'.repeat(1023))).toBeUndefined();
    expect(jsonProblem('ä'.repeat(1024))).toMatch('2048 octets');
  });
});
