import { expect, it } from '@jest/globals';
import { printable, printableJson } from './printable.js';

it('printable lets lines be, and no control character through', () => {
  expect(printable('a\nb')).toBe('a\nb');
  expect(printable('\u001B]0;title\u0007\u009B31m\r')).toBe('\uFFFD]0;title\uFFFD\uFFFD31m\uFFFD');
});

it('printableJson escapes what JSON may leave as it is and a terminal obeys', () => {
  const value = { name: '\u009B31m\u202E\u{E0041}\n', list: [1] };
  const text = printableJson(value);
  expect(text).toMatch(/^[ -~\n]*$/);
  expect(JSON.parse(text)).toEqual(value);
  expect(printableJson(value, 0)).not.toContain('\n');
});
