import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isStrongSecret } from './strong-secret.js';

describe('isStrongSecret', () => {
  it.each(['base64', 'base64url', 'hex'] as const)('takes 32 random bytes written in %s', (encoding) => {
    for (let turn = 0; turn < 2_000; turn += 1)
      expect(isStrongSecret(randomBytes(32).toString(encoding))).toBe(true);
  });

  it('takes 32 random characters', () => {
    for (let turn = 0; turn < 2_000; turn += 1)
      expect(isStrongSecret(randomBytes(24).toString('base64url'))).toBe(true);
  });

  it('takes ten random words', () => {
    expect(isStrongSecret('snort plead viral ozone gecko humid tweak banjo crisp delta')).toBe(true);
  });

  it.each([
    'short',
    'x'.repeat(64),
    'secret'.repeat(8),
    'please-change-me'.repeat(2),
    'abcdefgh'.repeat(4),
    'correcthorse'.repeat(3),
    'Passw0rd!'.repeat(5),
    '0123456789abcdef'.repeat(4),
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'change-me-to-a-long-random-string-please',
    'your-secret-key-goes-here-9f8a7b6c5d4e',
    'this is the secret of my application',
    'qwertyuiopasdfghjklzxcvbnm1234567890',
    'thisisasecretthatnobodywillguess1',
    '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol',
    Buffer.from('abcdefghijklmnopqrstuvwxyz').toString('base64'),
    Buffer.from('please change me before production').toString('base64'),
  ])('refuses %j', (secret) => {
    expect(isStrongSecret(secret)).toBe(false);
  });
});
