import { sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CURVE_ORDERS, encodePart as encode, withStrayBits } from '../../../test/support/jws.js';
import {
  ALL,
  EC_PAIR,
  claims,
  header,
  outcomeOf,
  tokenOf,
  verifyAnew,
  withClaims,
} from '../../../test/support/verifier-under-test.js';

describe('AccessTokenVerifier', () => {
  verifyAnew();

  describe('refuses the text', () => {
    it.each([
      ['a space before', (token: string) => ` ${token}`],
      ['a space after', (token: string) => `${token} `],
      ['a line end after', (token: string) => `${token}\n`],
      ['Bearer before', (token: string) => `Bearer ${token}`],
      ['a comma and more', (token: string) => `${token}, ${token}`],
      ['padding', (token: string) => `${token}==`],
      ['a trailing dot', (token: string) => `${token}.`],
      ['a part more', (token: string) => `${token}.AAAA`],
      ['nothing', () => ''],
      // 64 bytes leave four bits of the last character unused.
      ['stray bits at the end of the signature', (token: string) => otherSpelling(token)],
    ])('with %s', (_, change) => {
      const token = tokenOf();

      expect(change(token)).not.toBe(token);
      expect(outcomeOf(change(token))).toBe('AccessTokenInvalidError');
      expect(outcomeOf(token)).toBe('accepted');
      // Now that the good one is remembered, too.
      expect(outcomeOf(change(token))).toBe('AccessTokenInvalidError');
    });

    it('beyond 8191 characters, however well signed', () => {
      const fits = withClaims({ padding: 'x'.repeat(5600) });
      const tooLong = withClaims({ padding: 'x'.repeat(5800) });
      expect(fits.length).toBeLessThanOrEqual(8191);
      expect(tooLong.length).toBeGreaterThan(8191);

      expect(outcomeOf(fits)).toBe('accepted');
      expect(outcomeOf(tooLong)).toBe('AccessTokenInvalidError');
    });
  });

  describe('refuses the signature', () => {
    it.each([
      ['of zeros, with which any key once verified', Buffer.alloc(64)],
      ['of r = 0', Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)])],
      ['of s = 0', Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)])],
      ['of r and s equal to the order of the curve', Buffer.concat([CURVE_ORDERS.ES256, CURVE_ORDERS.ES256])],
      ['of ones', Buffer.alloc(64, 0xff)],
      ['of one byte', Buffer.alloc(1, 1)],
      ['of another token', undefined],
    ])('%s', (_, bytes) => {
      const [head = '', payload = ''] = tokenOf().split('.');
      const signature = bytes ?? Buffer.from(withClaims({ jti: 'another' }).split('.')[2] ?? '', 'base64url');

      expect(outcomeOf(`${head}.${payload}.${signature.toString('base64url')}`)).toBe(
        'AccessTokenInvalidError',
      );
    });

    it('in DER, which JWS does not use', () => {
      const signed = `${encode(header())}.${encode(claims())}`;
      const der = sign('sha256', Buffer.from(signed), { key: EC_PAIR.privateKey, dsaEncoding: 'der' });

      expect(outcomeOf(`${signed}.${der.toString('base64url')}`)).toBe('AccessTokenInvalidError');
    });

    it.each(ALL.map((key) => [key.alg, key] as const))('with any bit changed: %s', (_, key) => {
      const [head = '', payload = '', signature = ''] = tokenOf({ key }).split('.');
      const bytes = Buffer.from(signature, 'base64url');
      for (const position of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
        expect(outcomeOf(`${head}.${payload}.${changed.toString('base64url')}`)).toBe(
          'AccessTokenInvalidError',
        );
      }
    });

    it('when the payload was changed', () => {
      const [head = '', , signature = ''] = tokenOf().split('.');
      const forged = encode({ ...claims(), roles: ['admin'] });

      expect(outcomeOf(`${head}.${forged}.${signature}`)).toBe('AccessTokenInvalidError');
    });
  });
});

/** The same bytes, spelled with another last character. */
function otherSpelling(token: string): string {
  const lastDot = token.lastIndexOf('.');
  return `${token.slice(0, lastDot)}.${withStrayBits(token.slice(lastDot + 1))}`;
}
