import { describe, expect, it } from '@jest/globals';
import { LengthPolicy } from './length-policy.js';

describe('LengthPolicy', () => {
  it.each(['', 'seven77', '😀'.repeat(7), ' '.repeat(7)])(
    'refuses %j, which is too short',
    async (password) => {
      expect(await new LengthPolicy(8).reject(password)).toBe('must have at least 8 characters');
    },
  );

  it.each(['zq8vkw2m', '😀'.repeat(8), '        ', 'x'.repeat(1024)])(
    'asks for nothing but length: %j',
    async (password) => {
      expect(await new LengthPolicy(8).reject(password)).toBeUndefined();
    },
  );

  it('asks for as many characters as it is told to', async () => {
    expect(await new LengthPolicy(15).reject('x'.repeat(14))).toBe('must have at least 15 characters');
    expect(await new LengthPolicy(15).reject('x'.repeat(15))).toBeUndefined();
  });
});
