import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { jwkThumbprint } from './jwk-thumbprint.js';
import type { AsymmetricAlg } from './signing-algorithm.js';
import { TokenKey } from './token-key.js';
import { readAnew } from '../../../test/support/read-anew.js';

const EC = readAnew(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
const PAIRS: [AsymmetricAlg, typeof EC][] = [
  ['ES256', EC],
  ['ES384', readAnew(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }))],
  ['RS256', readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 }))],
  ['PS256', readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 }))],
];
const CLAIMS = { sub: 'someone', exp: 1, nbf: 9_999_999_999 };

describe('TokenKey', () => {
  describe.each(PAIRS)('for %s', (alg, { privateKey, publicKey }) => {
    const key = TokenKey.asymmetric(privateKey, alg);

    it('writes a JWS of header {alg, typ, kid} that another library verifies with the published key', async () => {
      const token = await key.sign(CLAIMS);
      const published = await importJWK(key.publicJwk as JWK);
      const { payload } = await compactVerify(token, published);

      expect(decodeProtectedHeader(token)).toEqual({ alg, typ: 'at+jwt', kid: key.kid });
      expect(JSON.parse(Buffer.from(payload).toString())).toEqual(expect.objectContaining(CLAIMS));
    });

    it('verifies what it signed, whatever the times in it, and nothing else', async () => {
      const token = await key.sign(CLAIMS);
      const other = await key.sign({ sub: 'another' });
      const mixed = token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'));

      expect(() => key.verifySignature(token)).not.toThrow();
      expect(() => key.verifySignature(mixed)).toThrow('invalid signature');
    });

    it('is named by its thumbprint', () => {
      expect(key.kid).toBe(jwkThumbprint(publicKey.export({ format: 'jwk' })));
    });

    it('publishes the public key alone', () => {
      expect(key.publicJwk).toEqual({
        ...publicKey.export({ format: 'jwk' }),
        kid: key.kid,
        alg,
        use: 'sig',
      });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
        expect(key.publicJwk).not.toHaveProperty(secret);
      }
    });

    it('made of the public key verifies but cannot sign', async () => {
      const verifying = TokenKey.asymmetric(publicKey, alg);
      const token = await key.sign(CLAIMS);

      expect([key.canSign, verifying.canSign]).toEqual([true, false]);
      expect(verifying.kid).toBe(key.kid);
      expect(() => verifying.verifySignature(token)).not.toThrow();
      await expect(verifying.sign(CLAIMS)).rejects.toThrow(Error);
    });
  });

  it('does not verify with another algorithm of the same key', async () => {
    const [, { privateKey } = EC] = PAIRS[2] ?? [];
    const rs256 = TokenKey.asymmetric(privateKey, 'RS256');
    const ps256 = TokenKey.asymmetric(privateKey, 'PS256');
    const token = await rs256.sign(CLAIMS);

    expect(() => ps256.verifySignature(token)).toThrow('invalid algorithm');
  });

  describe('made of a shared secret', () => {
    const secret = createSecretKey(randomBytes(32));
    const key = TokenKey.sharedSecret(secret);

    it('signs with HS256 and verifies', async () => {
      const token = await key.sign(CLAIMS);

      expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: key.kid });
      expect(() => key.verifySignature(token)).not.toThrow();
      await expect(compactVerify(token, secret)).resolves.toBeDefined();
    });

    it('publishes nothing', () => {
      expect(key.publicJwk).toBeNull();
    });

    it('has a name that is the same everywhere, another for another secret, and not made of the secret', () => {
      const again = TokenKey.sharedSecret(createSecretKey(secret.export()));
      const other = TokenKey.sharedSecret(createSecretKey(randomBytes(32)));

      expect(again.kid).toBe(key.kid);
      expect(other.kid).not.toBe(key.kid);
      expect(secret.export().toString('base64url')).not.toContain(key.kid);
    });

    it('does not verify what another secret signed', async () => {
      const token = await TokenKey.sharedSecret(createSecretKey(randomBytes(32))).sign(CLAIMS);

      expect(() => key.verifySignature(token)).toThrow('invalid signature');
    });
  });

  it('shows no private key when it is written out', () => {
    const key = TokenKey.asymmetric(EC.privateKey, 'ES256');
    const { d = 'missing' } = EC.privateKey.export({ format: 'jwk' });

    expect(JSON.stringify(key)).not.toContain(d);
    expect(createPublicKey(EC.privateKey).equals(key.verificationKey)).toBe(true);
  });
});
