import { describe, expect, it } from '@jest/globals';
import {
  AUDIENCE,
  ISSUER,
  LEEWAY,
  SESSION,
  claims,
  now,
  outcomeOf,
  tokenOf,
  verifyAnew,
  withClaims,
} from '../../../test/support/verifier-under-test.js';

describe('AccessTokenVerifier', () => {
  verifyAnew();

  describe('refuses claims', () => {
    it.each(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id', 'roles', 'scope'])(
      'without %s, or null',
      (name) => {
        expect(outcomeOf(withClaims({ [name]: undefined }))).toBe('AccessTokenInvalidError');
        expect(outcomeOf(withClaims({ [name]: null }))).toBe('AccessTokenInvalidError');
      },
    );

    it.each([
      ['iss', 'https://other.example.com'],
      ['iss', `${ISSUER}/`],
      ['iss', 'HTTPS://AUTH.EXAMPLE.COM'],
      ['iss', ''],
      ['iss', [ISSUER]],
      ['aud', 'https://other.example.com'],
      ['aud', `${AUDIENCE}/`],
      ['aud', ''],
      ['aud', [AUDIENCE]],
      ['aud', [AUDIENCE, 'https://other.example.com']],
      ['aud', { 0: AUDIENCE }],
      ['sub', ''],
      ['sub', 1],
      ['sub', ['someone']],
      ['sub', { toString: 'someone' }],
      ['sub', 'some one'],
      ['sub', 'a\r\nb'],
      ['sub', 'ä'],
      ['sub', 'x'.repeat(256)],
      ['jti', ''],
      ['jti', 1],
      ['jti', 'a\0b'],
      ['sid', ''],
      ['sid', 'session-1'],
      ['sid', SESSION.toUpperCase()],
      ['sid', 0],
      ['sid', true],
      ['client_id', ''],
      ['roles', 'user'],
      ['roles', ['user', 1]],
      ['roles', ['user', null]],
      ['roles', [['admin']]],
      ['roles', ['']],
      ['roles', ['admin ']],
      ['roles', ['a\nb']],
      ['roles', ['\ud800']],
      ['roles', { 0: 'admin', length: 1 }],
      ['scope', ['profile:read']],
      ['scope', 1],
      ['scope', ' '],
      ['scope', 'a  b'],
      ['scope', 'a\tb'],
      ['scope', 'ä'],
    ])('whose %s is %j', (name, value) => {
      expect(outcomeOf(withClaims({ [name]: value }))).toBe('AccessTokenInvalidError');
    });

    it.each(['exp', 'nbf', 'iat'])('whose %s is no whole number of seconds', (name) => {
      const { [name as 'exp']: good } = claims();
      for (const value of [String(good), `${good}e0`, good + 0.5, -good, 0, true, [good], {}, 2 ** 53]) {
        expect([value, outcomeOf(withClaims({ [name]: value }))]).toEqual([value, 'AccessTokenInvalidError']);
      }
      expect(outcomeOf(withClaims({ [name]: good }))).toBe('accepted');
    });

    it.each(['1e999', '-1e999', '1e3', '1.0', '-0', 'NaN', 'Infinity', '9007199254740993'])(
      'whose exp is written %s',
      (number) => {
        const payload = JSON.stringify(claims()).replace(/"exp":\d+/, `"exp":${number}`);

        expect(payload).toContain(`"exp":${number}`);
        expect(outcomeOf(tokenOf({ payload }))).toBe('AccessTokenInvalidError');
      },
    );

    it('that are there twice, in either order', () => {
      const text = JSON.stringify(claims());

      expect(outcomeOf(tokenOf({ payload: `{"sub":"admin",${text.slice(1)}` }))).toBe(
        'AccessTokenInvalidError',
      );
      expect(outcomeOf(tokenOf({ payload: `${text.slice(0, -1)},"sub":"admin"}` }))).toBe(
        'AccessTokenInvalidError',
      );
      expect(outcomeOf(tokenOf({ payload: text }))).toBe('accepted');
    });

    it('that are inherited: __proto__ gives nothing', () => {
      const { sub, ...rest } = claims();
      const payload = `{"__proto__":{"sub":"${sub}"},${JSON.stringify(rest).slice(1)}`;

      expect(outcomeOf(tokenOf({ payload }))).toBe('AccessTokenInvalidError');
    });

    it.each(['iat', 'nbf'])('whose %s is further ahead than clocks may differ', (name) => {
      expect(outcomeOf(withClaims({ [name]: now() + LEEWAY }))).toBe('accepted');
      expect(outcomeOf(withClaims({ [name]: now() + LEEWAY + 1 }))).toBe('AccessTokenInvalidError');
    });
  });
});
