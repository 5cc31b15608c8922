import { createHmac, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { encodePart as encode } from '../../../test/support/jws.js';
import {
  EC_PAIR,
  ES256,
  PSS_PAIR,
  PS256,
  RS256,
  RSA_PAIR,
  STRANGER,
  STRANGER_PAIR,
  claims,
  header,
  outcomeOf,
  signatureOf,
  tokenOf,
  verifyAnew,
} from '../../../test/support/verifier-under-test.js';

describe('AccessTokenVerifier', () => {
  verifyAnew();

  describe('refuses the header', () => {
    it.each(['none', 'None', 'NONE', 'nOnE', 'none ', '', 'null'])(
      'with alg %j, unsigned or signed',
      (alg) => {
        const [head = '', payload = '', signature = ''] = tokenOf({ header: { ...header(), alg } }).split(
          '.',
        );

        expect(outcomeOf(`${head}.${payload}.`)).toBe('AccessTokenInvalidError');
        expect(outcomeOf(`${head}.${payload}`)).toBe('AccessTokenInvalidError');
        expect(outcomeOf(`${head}.${payload}.${signature}`)).toBe('AccessTokenInvalidError');
      },
    );

    it.each(['es256', 'ES256 ', 'ES384', 'ES512', 'RS256', 'PS256', 'HS256', 'EdDSA'])(
      'with alg %j on a key that is for ES256',
      (alg) => {
        expect(outcomeOf(tokenOf({ header: { ...header(), alg } }))).toBe('AccessTokenInvalidError');
      },
    );

    it('that names RS256 for a key that is for PS256, signed so', () => {
      const signed = `${encode({ ...header(PS256), alg: 'RS256' })}.${encode(claims())}`;
      const signature = sign('sha256', Buffer.from(signed), PSS_PAIR.privateKey).toString('base64url');

      expect(outcomeOf(`${signed}.${signature}`)).toBe('AccessTokenInvalidError');
    });

    const publicKeyAs: [string, (key: KeyObject) => string | Buffer][] = [
      ['PEM', (key) => key.export({ format: 'pem', type: 'spki' })],
      [
        'PEM without its last line end',
        (key) => key.export({ format: 'pem', type: 'spki' }).toString().trim(),
      ],
      ['DER', (key) => key.export({ format: 'der', type: 'spki' })],
      ['JWK', (key) => JSON.stringify(key.export({ format: 'jwk' }))],
    ];

    it.each(publicKeyAs)('that names HS256 with the public key as the secret, as %s', (_, secretOf) => {
      for (const [key, pair] of [
        [RS256, RSA_PAIR],
        [ES256, EC_PAIR],
      ] as const) {
        const signed = `${encode({ ...header(key), alg: 'HS256' })}.${encode(claims())}`;
        const mac = createHmac('sha256', secretOf(pair.publicKey)).update(signed).digest('base64url');
        expect(outcomeOf(`${signed}.${mac}`)).toBe('AccessTokenInvalidError');
      }
    });

    it.each([
      undefined,
      '',
      'JWT',
      'jwt',
      'AT+JWT',
      'at+JWT',
      'at+jwt ',
      'application/at+jwt',
      'rt+jwt',
      1,
      null,
      ['at+jwt'],
    ])('with typ %j', (typ) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), typ } }))).toBe('AccessTokenInvalidError');
    });

    it.each([
      undefined,
      '',
      'unknown',
      '../../../dev/null',
      `' or '1'='1`,
      '__proto__',
      'constructor',
      'toString',
      0,
      null,
      {},
    ])('with kid %j', (kid) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), kid } }))).toBe('AccessTokenInvalidError');
    });

    it.each([
      ['in a list', [ES256.kid]],
      ['in lower case', ES256.kid.toLowerCase()],
      ['with a space after', `${ES256.kid} `],
    ])('with its kid %s', (_, kid) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), kid } }))).toBe('AccessTokenInvalidError');
    });

    it('with the kid of a key that did not sign it', () => {
      const signed = `${encode(header(ES256))}.${encode(claims())}`;

      expect(outcomeOf(`${signed}.${signatureOf(signed, ES256).toString('base64url')}`)).toBe('accepted');
      expect(outcomeOf(`${signed}.${signatureOf(signed, RS256).toString('base64url')}`)).toBe(
        'AccessTokenInvalidError',
      );
    });

    it('with the kid of a key that is not ours, rightly signed', () => {
      expect(outcomeOf(tokenOf({ key: STRANGER }))).toBe('AccessTokenInvalidError');
      expect(outcomeOf(tokenOf({ key: STRANGER, header: header(ES256) }))).toBe('AccessTokenInvalidError');
    });

    it.each([
      ['jwk', EC_PAIR.publicKey.export({ format: 'jwk' })],
      ['jku', 'https://attacker.example/jwks.json'],
      ['x5u', 'https://attacker.example/cert.pem'],
      ['x5c', ['AA']],
      ['x5t', 'AA'],
      ['crit', ['exp']],
      ['crit', []],
      ['b64', false],
      ['b64', true],
      ['zip', 'DEF'],
      ['cty', 'JWT'],
      ['exp', 1],
      ['nonce', ''],
    ])('with a further member: %s', (name, value) => {
      expect(outcomeOf(tokenOf({ header: { ...header(), [name]: value } }))).toBe('AccessTokenInvalidError');
    });

    it('with a key of the attacker in it that verifies the signature', () => {
      const jwk = STRANGER_PAIR.publicKey.export({ format: 'jwk' });

      for (const { kid } of [STRANGER, ES256]) {
        const token = tokenOf({ key: STRANGER, header: { ...header(), kid, jwk } });
        expect(outcomeOf(token)).toBe('AccessTokenInvalidError');
      }
    });

    it.each([
      ['alg twice', () => `{"alg":"none",${JSON.stringify(header()).slice(1)}`],
      ['kid twice', () => `${JSON.stringify(header()).slice(0, -1)},"kid":"${ES256.kid}"}`],
      ['__proto__', () => `{"__proto__":{},${JSON.stringify(header()).slice(1)}`],
      ['white space', () => JSON.stringify(header()).replace(':', ': ')],
    ])('with %s', (_, text) => {
      expect(outcomeOf(tokenOf({ header: text() }))).toBe('AccessTokenInvalidError');
    });
  });
});
