import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../common/principal.js';
import { VerifiedTokenCache } from './verified-token-cache.js';

const CAPACITY = 10_000;
const VERIFIED = { principal: {} as Principal, kid: 'key', notBefore: 0 };

describe('VerifiedTokenCache', () => {
  it('remembers a token by all of its characters', () => {
    const tokens = new VerifiedTokenCache();
    tokens.add('header.payload.signature', VERIFIED);

    expect(tokens.get('header.payload.signature')).toBe(VERIFIED);
    expect(tokens.get('header.payload.signaturE')).toBeUndefined();
    expect(tokens.get('header.payload.')).toBeUndefined();
  });

  it('forgets a token when told', () => {
    const tokens = new VerifiedTokenCache();
    tokens.add('token', VERIFIED);
    tokens.delete('token');

    expect(tokens.get('token')).toBeUndefined();
  });

  it('is bounded', () => {
    const tokens = new VerifiedTokenCache();
    const all = Array.from({ length: CAPACITY + 500 }, (_, index) => `token-${index}`);
    for (const token of all) tokens.add(token, VERIFIED);

    expect(tokens.size).toBeLessThanOrEqual(CAPACITY);
    const latest = all.slice(-CAPACITY / 2);
    expect(latest.filter((token) => tokens.get(token))).toEqual(latest);
  });

  it('forgets those first that were not asked for', () => {
    const tokens = new VerifiedTokenCache();
    for (let index = 0; index < CAPACITY; index += 1) tokens.add(`token-${index}`, VERIFIED);
    tokens.get('token-0');
    for (let index = 0; index < CAPACITY / 2; index += 1) tokens.add(`later-${index}`, VERIFIED);

    expect(tokens.get('token-0')).toBe(VERIFIED);
    expect(tokens.get('token-1')).toBeUndefined();
  });

  it('forgets a token when told, also one that was found again after a while', () => {
    const tokens = new VerifiedTokenCache();
    tokens.add('token', VERIFIED);
    for (let index = 0; index < CAPACITY / 2; index += 1) tokens.add(`token-${index}`, VERIFIED);
    tokens.get('token');
    tokens.delete('token');

    expect(tokens.get('token')).toBeUndefined();
    expect(tokens.size).toBe(CAPACITY / 2);
  });
});
