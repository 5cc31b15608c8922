import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { algorithmOf, generatePrivateKey } from './signing-algorithm.js';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

describe('algorithmOf', () => {
  it.each([
    ['P-256', ec('prime256v1'), 'ES256'],
    ['P-384', ec('secp384r1'), 'ES384'],
    ['P-521', ec('secp521r1'), undefined],
    ['secp256k1', ec('secp256k1'), undefined],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey, undefined],
    ['X25519', generateKeyPairSync('x25519').privateKey, undefined],
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, undefined],
  ] as [string, KeyObject, string | undefined][])('of a key on %s is fixed by its kind', (_, key, alg) => {
    expect(algorithmOf(key, 'RS256')).toBe(alg);
    expect(algorithmOf(key, 'PS256')).toBe(alg);
  });

  it('of an RSA key is the one that was chosen', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

    expect(algorithmOf(privateKey, 'RS256')).toBe('RS256');
    expect(algorithmOf(publicKey, 'PS256')).toBe('PS256');
  });
});

describe('generatePrivateKey', () => {
  it.each([
    ['ES256', 'prime256v1'],
    ['ES384', 'secp384r1'],
  ] as const)('makes a new key on the curve of %s', async (alg, namedCurve) => {
    const [key, another] = [await generatePrivateKey(alg), await generatePrivateKey(alg)];

    expect(key.type).toBe('private');
    expect(key.asymmetricKeyDetails).toEqual({ namedCurve });
    expect(key.equals(another)).toBe(false);
  });

  it.each(['RS256', 'PS256'] as const)('makes an RSA key of 3072 bits for %s', async (alg) => {
    const key = await generatePrivateKey(alg);

    expect(key.asymmetricKeyType).toBe('rsa');
    expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 3072, publicExponent: 65_537n });
  });
});
