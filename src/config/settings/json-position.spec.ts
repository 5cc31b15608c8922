import { describe, expect, it } from '@jest/globals';
import { placeOfJsonError } from './json-position.js';

describe('placeOfJsonError', () => {
  it.each([
    ['shop', 'line 1, column 1'],
    ['[{"a": x}]', 'line 1, column 8'],
    ['[1,]', 'line 1, column 4'],
    ['[1] x', 'line 1, column 5'],
    ['[truX]', 'line 1, column 5'],
    ["[\n  {'id': 1}\n]", 'line 2, column 4'],
    ['[\n  {\n    "id": "a",\n  }\n]', 'line 4, column 3'],
    ['[{"a": "b\nc"}]', 'line 1, column 10'],
    ['["\\q"]', 'line 1, column 4'],
    ['[-a]', 'line 1, column 3'],
    ['[1 2]', 'line 1, column 4'],
    ['[{"a" 1}]', 'line 1, column 7'],
  ])('of %j is where it stops being JSON', (text, place) => {
    expect(placeOfJsonError(text)).toBe(place);
  });

  it.each([
    ['[\n', 'line 2, column 1'],
    ['[{"a": "b', 'line 1, column 10'],
    ['["\\u12', 'line 1, column 7'],
    ['[tr', 'line 1, column 4'],
  ])('of %j, which only ends too early, is its end', (text, place) => {
    expect(placeOfJsonError(text)).toBe(place);
  });

  it.each(['[]', '{"a": [1.5e3, "\\u00e9", null]}\n'])('is none of %j', (text) => {
    expect(placeOfJsonError(text)).toBeUndefined();
  });
});
