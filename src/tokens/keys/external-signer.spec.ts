import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import type { AsymmetricAlg } from './signing-algorithm.js';
import { TokenKey } from './token-key.js';
import { readAnew } from '../../../test/support/read-anew.js';

const EC = readAnew(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
const EC384 = readAnew(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }));
const RSA = readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const CLAIMS = { sub: 'someone', exp: 9_999_999_999, iat: 1 };

/** Signs elsewhere and later, as an HSM does. */
function hsm(privateKey: KeyObject, alg: AsymmetricAlg, dsaEncoding: 'ieee-p1363' | 'der') {
  return async (input: Buffer): Promise<Uint8Array> => {
    await setImmediate();
    const padding = alg === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    const options = privateKey.asymmetricKeyType === 'rsa' ? { padding, saltLength: 32 } : { dsaEncoding };
    return sign(alg === 'ES384' ? 'sha384' : 'sha256', input, { key: privateKey, ...options });
  };
}

describe('a key whose private part is elsewhere', () => {
  it.each([
    ['ES256', EC, false],
    ['ES256', EC, true],
    ['ES384', EC384, false],
    ['ES384', EC384, true],
    ['RS256', RSA, false],
    ['RS256', RSA, true],
    ['PS256', RSA, false],
  ] as [AsymmetricAlg, typeof EC, boolean][])(
    'signs %s so that another library verifies it (DER: %3$s)',
    async (alg, pair, der) => {
      const signer = { sign: hsm(pair.privateKey, alg, der ? 'der' : 'ieee-p1363'), der };
      const key = TokenKey.external(pair.publicKey, alg, signer);
      // Some hundred, as the length of a DER signature varies with its values.
      const tokens = await Promise.all(
        Array.from({ length: der ? 300 : 1 }, (_, index) => key.sign({ ...CLAIMS, index })),
      );

      const published = await importJWK(key.publicJwk as JWK);
      for (const token of tokens) await expect(compactVerify(token, published)).resolves.toBeDefined();
      expect(decodeProtectedHeader(tokens[0] ?? '')).toEqual({ alg, typ: 'at+jwt', kid: key.kid });
      expect(key.kid).toBe(TokenKey.asymmetric(pair.privateKey, alg).kid);
      expect([key.canSign, key.publicJwk?.['d']]).toEqual([true, undefined]);
    },
  );

  it.each([
    [
      'signs with another key',
      hsm(readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey, 'ES256', 'der'),
    ],
    ['cannot be reached', () => Promise.reject(new Error('connect ETIMEDOUT hsm.internal'))],
    ['answers with nothing', () => Promise.resolve(new Uint8Array())],
    ['answers with something else', () => Promise.resolve(Buffer.from('<html>'))],
  ])('gives out no token when it %s, and says that the service is not available', async (_, signHere) => {
    const key = TokenKey.external(EC.publicKey, 'ES256', { sign: signHere, der: true });
    const signing = key.sign(CLAIMS);

    await expect(signing).rejects.toThrow(UnavailableError);
    await expect(signing).rejects.toThrow('No token can be signed right now.');
  });
});
