import { describe, expect, it } from '@jest/globals';
import { tokenIn } from './pasted-token.js';

const TOKEN = `lk_ot_${'aB3_-'.repeat(8)}xyz`;

describe('The token of what was pasted', () => {
  it.each([
    TOKEN,
    `  ${TOKEN}\n`,
    `token=${TOKEN}`,
    `#token=${TOKEN}`,
    `https://latchkey.test/reset-password#token=${TOKEN}`,
    `<http://elsewhere.test:8080/auth/reset-password?lang=de#token=${TOKEN}>`,
    `https://latchkey.test/reset-password#lang=de&token=${TOKEN}&x=1`,
  ])('is found in %j', (pasted) => {
    expect(tokenIn(pasted)).toBe(TOKEN);
  });

  it.each(['', 'hello', 'https://latchkey.test/reset-password', 'lk_ot_short'])('is %j itself', (pasted) => {
    expect(tokenIn(pasted)).toBe(pasted);
  });
});
