import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { jwkThumbprint } from './jwk-thumbprint.js';
import { readAnew } from '../../../test/support/read-anew.js';

/** RFC 7638 section 3.1. */
const RFC_7638_KEY = {
  kty: 'RSA',
  n:
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB' +
    'ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8' +
    'KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_' +
    'xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
};

describe('jwkThumbprint', () => {
  it('is the one that RFC 7638 gives for its example', () => {
    expect(jwkThumbprint(RFC_7638_KEY)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('is the one that RFC 8037 gives for its Ed25519 key', () => {
    const key = { crv: 'Ed25519', kty: 'OKP', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

    expect(jwkThumbprint(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('does not depend on the order of members, nor on those that are not the key', () => {
    const { n, e } = RFC_7638_KEY;

    expect(jwkThumbprint({ use: 'sig', x5t: 'AA', n, kty: 'RSA', alg: 'PS256', e })).toBe(
      jwkThumbprint(RFC_7638_KEY),
    );
  });

  it('is the same for the private and the public key', () => {
    const { privateKey, publicKey } = readAnew(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));

    expect(jwkThumbprint(privateKey.export({ format: 'jwk' }))).toBe(
      jwkThumbprint(publicKey.export({ format: 'jwk' })),
    );
  });

  it.each(['prime256v1', 'secp384r1'])('is what jose makes of a key on %s', async (namedCurve) => {
    const jwk = readAnew(generateKeyPairSync('ec', { namedCurve })).publicKey.export({ format: 'jwk' });

    expect(jwkThumbprint(jwk)).toBe(await calculateJwkThumbprint(jwk));
  });
});
