import { describe, expect, it } from '@jest/globals';
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AsymmetricAlg } from '../../tokens/keys/signing-algorithm.js';
import { IssuerError } from './ask-issuer.js';
import { publishedKeys } from './published-keys.js';
import { readAnew } from '../../../test/support/read-anew.js';

const ALL: readonly AsymmetricAlg[] = ['ES256', 'ES384', 'RS256', 'PS256'];
const EC = readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const OTHER_EC = readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const P384 = readAnew(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const P521 = readAnew(generateKeyPairSync('ec', { namedCurve: 'P-521' }));
const RSA = readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const SHORT_RSA = readAnew(generateKeyPairSync('rsa', { modulusLength: 1024 }));
const ED = readAnew(generateKeyPairSync('ed25519'));

const jwk = (key: KeyObject, members: Record<string, unknown> = {}) => ({
  ...key.export({ format: 'jwk' }),
  kid: 'k',
  ...members,
});
const read = (keys: unknown, algorithms = ALL) => publishedKeys({ keys }, algorithms);
const algOf = (keys: unknown, algorithms = ALL) => read(keys, algorithms).byKid.get('k')?.alg;

describe('Of the keys that an issuer publishes', () => {
  it.each<[string, unknown, AsymmetricAlg]>([
    ['a P-256 key', jwk(EC.publicKey, { alg: 'ES256', use: 'sig' }), 'ES256'],
    ['a P-384 key', jwk(P384.publicKey, { alg: 'ES384' }), 'ES384'],
    ['an RSA key for RS256', jwk(RSA.publicKey, { alg: 'RS256' }), 'RS256'],
    ['an RSA key for PS256', jwk(RSA.publicKey, { alg: 'PS256', key_ops: ['verify'] }), 'PS256'],
    ['a key whose curve says its algorithm', jwk(EC.publicKey), 'ES256'],
  ])('%s is taken, for the one algorithm', (_, key, alg) => {
    expect(algOf([key])).toBe(alg);
  });

  it('an RSA key that names no algorithm is taken where one of RSA is accepted alone', () => {
    expect(algOf([jwk(RSA.publicKey)], ['PS256', 'ES256'])).toBe('PS256');
    expect(algOf([jwk(RSA.publicKey)])).toBeUndefined();
  });

  it.each<[string, unknown]>([
    [
      'a shared secret',
      { ...createSecretKey(Buffer.alloc(32, 7)).export({ format: 'jwk' }), kid: 'k', alg: 'HS256' },
    ],
    ['a shared secret that says it is RSA', { kty: 'RSA', k: 'AAAA', kid: 'k', alg: 'HS256' }],
    ['a public key for HS256', jwk(RSA.publicKey, { alg: 'HS256' })],
    ['a public key for none', jwk(RSA.publicKey, { alg: 'none' })],
    ['an algorithm of another type of key', jwk(EC.publicKey, { alg: 'RS256' })],
    ['an algorithm of another curve', jwk(P384.publicKey, { alg: 'ES256' })],
    ['a curve of none', jwk(P521.publicKey)],
    ['Ed25519', jwk(ED.publicKey, { alg: 'EdDSA' })],
    ['a key for encryption', jwk(EC.publicKey, { use: 'enc' })],
    ['a key for other operations', jwk(EC.publicKey, { key_ops: ['sign'] })],
    ['operations that are no list', jwk(EC.publicKey, { key_ops: 'verify' })],
    ['a private key', jwk(EC.privateKey)],
    ['an RSA key of 1024 bits', jwk(SHORT_RSA.publicKey, { alg: 'RS256' })],
    ['a key without kid', jwk(EC.publicKey, { kid: undefined })],
    ['a kid that is no text', jwk(EC.publicKey, { kid: 1 })],
    ['a point that is not on the curve', jwk(EC.publicKey, { x: jwk(OTHER_EC.publicKey)['x'] })],
    ['numbers that are left out', { kty: 'EC', kid: 'k', crv: 'P-256' }],
    ['null', null],
    ['a list', []],
    ['a text', 'k'],
  ])('%s is refused, and the others are taken', (_, key) => {
    const good = jwk(OTHER_EC.publicKey, { kid: 'good' });
    const { byKid, refused } = read([key, good]);

    expect([...byKid.keys()]).toEqual(['good']);
    expect(refused).toHaveLength(1);
  });

  it('what is not among the accepted algorithms is refused', () => {
    expect(algOf([jwk(EC.publicKey)], ['ES384'])).toBeUndefined();
  });

  it.each([2, 3])('%i keys with the same kid are none', (count) => {
    const keys = [EC.publicKey, OTHER_EC.publicKey, EC.publicKey].slice(0, count).map((key) => jwk(key));

    expect(read(keys).byKid.size).toBe(0);
  });

  it('a refused key with the kid of a good one takes that along', () => {
    const [good, bad] = [jwk(EC.publicKey), jwk(EC.publicKey, { use: 'enc' })];

    expect(read([good, bad]).byKid.size).toBe(0);
    expect(read([bad, good]).byKid.size).toBe(0);
  });

  it.each<[string, unknown]>([
    ['no list', {}],
    ['nothing', undefined],
    [
      'more than a hundred',
      Array.from({ length: 101 }, (_, index) => jwk(EC.publicKey, { kid: `k${index}` })),
    ],
  ])('%s is no key set', (_, keys) => {
    expect(() => read(keys)).toThrow(IssuerError);
  });
});
