import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { TokensConfig } from '../config/config.js';
import { DerivedKeys } from './derived-keys.js';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');

function derivedFrom(appSecret: Buffer, previous?: Buffer): DerivedKeys {
  const config: Pick<TokensConfig, 'appSecret' | 'appSecretPrevious'> = {
    appSecret: createSecretKey(appSecret),
    appSecretPrevious: previous && createSecretKey(previous),
  };
  return new DerivedKeys(config as TokensConfig);
}

const hex = (key: KeyObject) => key.export().toString('hex');

describe('DerivedKeys', () => {
  it('gives the same 256-bit key each time', () => {
    const { current, accepted } = derivedFrom(SECRET).derive('refresh-token-mac');

    expect(current.symmetricKeySize).toBe(32);
    expect(accepted).toEqual([current]);
    expect(hex(derivedFrom(SECRET).derive('refresh-token-mac').current)).toBe(hex(current));
  });

  // HKDF-SHA256 (RFC 5869) worked out apart. A change would end every session and lose every sealed key.
  it.each([
    ['refresh-token-mac', '446d0981b108a3c50e7e7409315097a1e7be342e2249ccf78594c3ca6b36daf0'],
    ['key-sealing', 'e19f8c8e63035c085c8975ea8644397cd0d997d6f74bf7a24b0a548a2e5ca002'],
  ])('never changes the key for %s', (purpose, expected) => {
    expect(hex(derivedFrom(SECRET).derive(purpose).current)).toBe(expected);
  });

  it('gives different keys for different purposes and secrets, none of them the secret', () => {
    const keys = [
      derivedFrom(SECRET).derive('a').current,
      derivedFrom(SECRET).derive('b').current,
      derivedFrom(SECRET).derive('').current,
      derivedFrom(randomBytes(32)).derive('a').current,
      createSecretKey(SECRET),
    ];

    expect(new Set(keys.map(hex)).size).toBe(keys.length);
  });

  it('accepts the key of the previous secret after the current one', () => {
    const previous = randomBytes(32);
    const { current, accepted } = derivedFrom(SECRET, previous).derive('a');

    expect(hex(current)).toBe(hex(derivedFrom(SECRET).derive('a').current));
    expect(accepted.map(hex)).toEqual([hex(current), hex(derivedFrom(previous).derive('a').current)]);
  });
});
