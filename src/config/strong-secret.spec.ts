import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isStrongSecret } from './strong-secret.js';

describe('isStrongSecret', () => {
  it.each([
    ['32 bytes in base64', () => randomBytes(32).toString('base64')],
    ['32 bytes in base64url', () => randomBytes(32).toString('base64url')],
    ['24 bytes in base64', () => randomBytes(24).toString('base64')],
    ['32 bytes in hex', () => randomBytes(32).toString('hex')],
    ['two UUIDs', () => `${randomUUID()}${randomUUID()}`],
  ])('takes every random secret: %s', (_, make) => {
    for (let turn = 0; turn < 2_000; turn += 1) {
      const secret = make();
      if (!isStrongSecret(secret)) throw new Error(`refused ${secret}`);
    }
  });

  it.each([
    'v36syj3siowk672c4l7pn3jitartavbm',
    'j2ujbiturmaio940h8peix8b50819n25',
    'Mj7=ALM5&:=|Fa93hFx43a,TS`p]x;7!',
  ])('takes random characters that decode to a short text: %s', (secret) => {
    expect(isStrongSecret(secret)).toBe(true);
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
    'myCompanySuperLongAuthenticationKeyForJwt',
    'AcmeCorporationProductionServer2026!',
    'correcthorsebatterystaplemonkeybrick',
    'loremipsumdolorsitametconsecteturadipiscing',
    'mnbvcxzlkjhgfdsapoiuytrewq098765',
    '3141592653589793238462643383279502',
    '2024-01-01-2025-02-02-2026-03-03-x',
    Buffer.from('please change me please change m').toString('hex'),
    Buffer.from('correcthorsebatterystaplemonkeybrick').toString('hex'),
    Buffer.from('abcdefghijklmnopqrstuvwxyz').toString('base64'),
    Buffer.from('please change me before production').toString('base64'),
  ])('refuses %j', (secret) => {
    expect(isStrongSecret(secret)).toBe(false);
  });
});
