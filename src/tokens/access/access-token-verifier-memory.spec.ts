import { describe, expect, it, jest } from '@jest/globals';
import { sessionRevocation } from '../../../test/support/held-revocations.js';
import { encodePart as encode, withSecondSignature } from '../../../test/support/jws.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { AccessTokenInvalidError, AccessTokenRevokedError } from './access-token.errors.js';
import {
  ES256,
  RS256,
  SESSION,
  claims,
  outcomeOf,
  tokenOf,
  underTest,
  verifyAnew,
  withClaims,
} from '../../../test/support/verifier-under-test.js';

const OTHER_SESSION = '3f0f0e9a-52c1-4f7e-9a55-0d6a4a7c1b02';

describe('AccessTokenVerifier', () => {
  verifyAnew();

  describe('a token that was verified before', () => {
    function countSignatureChecks(): () => number {
      const check = jest.spyOn(ES256, 'verifySignature');
      return () => check.mock.calls.length;
    }

    it('is remembered: its signature is checked once', () => {
      const checks = countSignatureChecks();
      const token = tokenOf();

      expect(underTest.verifier.verify(token)).toBe(underTest.verifier.verify(token));
      expect(checks()).toBe(1);
    });

    it('is told from another by every character', () => {
      const token = tokenOf();
      underTest.verifier.verify(token);
      const [head, , signature] = token.split('.');

      expect(outcomeOf(`${head}.${encode({ ...claims(), sub: 'admin' })}.${signature}`)).toBe(
        'AccessTokenInvalidError',
      );
    });

    it('is refused on the very next call when it has expired', () => {
      const token = tokenOf();
      underTest.verifier.verify(token);
      underTest.clock.advance(900_000);

      expect(outcomeOf(token)).toBe('AccessTokenExpiredError');
    });

    it('is refused on the very next call when its session was revoked', async () => {
      const token = tokenOf();
      const ofOther = withClaims({ sid: OTHER_SESSION });
      underTest.verifier.verify(token);
      underTest.verifier.verify(ofOther);
      await underTest.revocations.announce([sessionRevocation(SESSION, underTest.clock.now() + 900_000)]);

      expect(() => underTest.verifier.verify(token)).toThrow(AccessTokenRevokedError);
      expect(outcomeOf(withClaims({ jti: 'another' }))).toBe('AccessTokenRevokedError');
      expect(outcomeOf(ofOther)).toBe('accepted');
    });

    it('is refused on the very next call when it cannot be known what is revoked', () => {
      const token = tokenOf();
      underTest.verifier.verify(token);
      jest.spyOn(underTest.revocations, 'isFresh', 'get').mockReturnValue(false);

      expect(() => underTest.verifier.verify(token)).toThrow(UnavailableError);
      expect(outcomeOf(tokenOf({ key: RS256 }))).toBe('RevocationsUnknownError');
    });

    it('waits for keys that are too old to trust to be read again', async () => {
      const token = tokenOf();
      const ofRemoved = tokenOf({ key: RS256 });
      underTest.source.set = { current: ES256, all: [ES256] };
      underTest.source.fresh = false;
      expect(outcomeOf(token)).toBe('UnavailableError');

      expect(await underTest.verifier.authenticate(token)).toMatchObject({ subject: 'someone' });
      expect(outcomeOf(ofRemoved)).toBe('AccessTokenInvalidError');
    });

    it('is refused on the very next call when its key was removed, and others are not', async () => {
      const token = tokenOf();
      const ofOther = tokenOf({ key: RS256 });
      underTest.verifier.verify(token);
      underTest.verifier.verify(ofOther);
      underTest.source.set = { current: RS256, all: [RS256] };
      await underTest.keys.onModuleInit();

      expect(() => underTest.verifier.verify(token)).toThrow(AccessTokenInvalidError);
      expect(outcomeOf(ofOther)).toBe('accepted');
    });

    it('does not come back when a revoked session’s token has a second valid signature', async () => {
      const token = tokenOf();
      const twin = withSecondSignature(token);
      expect(twin).not.toBe(token);
      expect([outcomeOf(token), outcomeOf(twin)]).toEqual(['accepted', 'accepted']);
      await underTest.revocations.announce([sessionRevocation(SESSION, underTest.clock.now() + 900_000)]);

      expect([outcomeOf(token), outcomeOf(twin)]).toEqual([
        'AccessTokenRevokedError',
        'AccessTokenRevokedError',
      ]);
    });
  });
});
