import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../common/principal.js';
import { VerifiedTokens } from './verified-tokens.js';

const CAPACITY = 10_000;
const VERIFIED = { principal: {} as Principal, kid: 'key', notBefore: 0 };

describe('VerifiedTokens', () => {
  it('remembers a token by all of its characters', () => {
    const tokens = new VerifiedTokens();
    tokens.add('header.payload.signature', VERIFIED);

    expect(tokens.get('header.payload.signature')).toBe(VERIFIED);
    expect(tokens.get('header.payload.signaturE')).toBeUndefined();
    expect(tokens.get('header.payload.')).toBeUndefined();
  });

  it('forgets a token when told', () => {
    const tokens = new VerifiedTokens();
    tokens.add('token', VERIFIED);
    tokens.delete('token');

    expect(tokens.get('token')).toBeUndefined();
  });

  it('is bounded', () => {
    const tokens = new VerifiedTokens();
    const all = Array.from({ length: CAPACITY + 500 }, (_, index) => `token-${index}`);
    for (const token of all) tokens.add(token, VERIFIED);

    expect(all.filter((token) => tokens.get(token))).toHaveLength(CAPACITY);
    expect(tokens.get(all.at(-1) ?? '')).toBe(VERIFIED);
  });

  it('forgets the least recently used token first', () => {
    const tokens = new VerifiedTokens();
    for (let index = 0; index < CAPACITY; index += 1) tokens.add(`token-${index}`, VERIFIED);
    tokens.get('token-0');
    tokens.add('one more', VERIFIED);

    expect(tokens.get('token-0')).toBe(VERIFIED);
    expect(tokens.get('token-1')).toBeUndefined();
  });
});
