import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../common/principal.js';
import type { Session } from '../sessions/session.js';
import { AccessTokenIssuer } from './access-token-issuer.js';
import {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
} from './access-token.errors.js';
import {
  ALL,
  ES256,
  LEEWAY,
  RS256,
  SESSION,
  header,
  now,
  outcomeOf,
  tokenOf,
  underTest,
  verifyAnew,
  withClaims,
} from '../../../test/support/verifier-under-test.js';

describe('AccessTokenVerifier', () => {
  verifyAnew();

  describe('accepts', () => {
    it('a good token, and says who is calling', () => {
      const principal = underTest.verifier.verify(tokenOf());

      expect(principal).toEqual({
        subject: 'someone',
        sessionId: SESSION,
        tokenId: 'token-1',
        claims: {},
        clientId: 'latchkey',
        isClient: false,
        roles: ['user'],
        scopes: ['profile:read', 'profile:write'],
        issuedAt: underTest.clock.now(),
        expiresAt: underTest.clock.now() + 900_000,
      });
      expect(Object.isFrozen(principal)).toBe(true);
      expect(Object.isFrozen(principal.roles)).toBe(true);
      expect(Object.isFrozen(principal.scopes)).toBe(true);
    });

    it.each(ALL.map((key) => [key.alg, key] as const))('a good token of each algorithm: %s', (_, key) => {
      expect(outcomeOf(tokenOf({ key }))).toBe('accepted');
    });

    it.each(ALL.map((key) => [key.alg, key] as const))('what the issuer writes: %s', async (_, key) => {
      const { clock, config, keys, revocations, source } = underTest;
      source.set = { current: key, all: [key] };
      await keys.onModuleInit();
      const session = {
        id: randomUUID(),
        subject: randomUUID(),
        expiresAt: new Date(clock.now() + 3_600_000),
        era: 0,
      };
      const issuer = new AccessTokenIssuer(keys, revocations, config, clock);
      const { accessToken, expiresIn } = await issuer.issue(session as Session, {
        roles: ['user', 'admin'],
        scopes: ['a:b', 'c:d'],
      });

      expect(expiresIn).toBe(900);
      expect(underTest.verifier.verify(accessToken)).toMatchObject({
        subject: session.subject,
        sessionId: session.id,
        roles: ['user', 'admin'],
        scopes: ['a:b', 'c:d'],
        expiresAt: clock.now() + 900_000,
      });
    });

    it('tokens of OAuth clients, of users and of their own', () => {
      const [ofUser, own] = [{ client_id: 'shop' }, { client_id: 'shop', sub: 'shop' }].map((claims) =>
        underTest.verifier.verify(withClaims(claims)),
      );

      expect(ofUser).toMatchObject({ subject: 'someone', clientId: 'shop', isClient: false });
      expect(own).toMatchObject({ subject: 'shop', clientId: 'shop', isClient: true });
    });

    it('the key that a token is bound to, and nothing else in `cnf`', () => {
      const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
      const token = withClaims({ cnf: { jkt } });
      expect(underTest.verifier.verify(token, 'bound')).toMatchObject({ jkt, claims: {} });
      expect(underTest.verifier.verify(tokenOf()).jkt).toBeUndefined();
      for (const cnf of [
        null,
        'x',
        [],
        {},
        { jkt: 1 },
        { jkt: `${jkt}=` },
        { jkt, kid: 'a' },
        { 'x5t#S256': jkt },
      ])
        expect(() => underTest.verifier.verify(withClaims({ cnf }), 'any')).toThrow(AccessTokenInvalidError);
    });

    it('a token by how it is bound alone: none of a key as a bearer’s, none of a bearer as one of a key', () => {
      const token = withClaims({ cnf: { jkt: 'A'.repeat(43) } });
      expect(() => underTest.verifier.verify(token)).toThrow(AccessTokenInvalidError);
      expect(() => underTest.verifier.authenticate(token)).toThrow(AccessTokenInvalidError);
      expect(() => underTest.verifier.verify(tokenOf(), 'bound')).toThrow(AccessTokenInvalidError);
      const bearer = tokenOf();
      expect(underTest.verifier.verify(bearer, 'any')).toBe(underTest.verifier.verify(bearer));
    });

    it('no roles and no scopes', () => {
      const principal = underTest.verifier.verify(withClaims({ roles: [], scope: '' }));

      expect(principal).toMatchObject({ roles: [], scopes: [] });
    });

    it('claims that a team adds', () => {
      expect(outcomeOf(withClaims({ tenant: { id: 1 } }))).toBe('accepted');
    });
  });

  describe('time', () => {
    it('ends a token exactly at exp, without leeway', () => {
      const token = tokenOf();
      underTest.clock.advance(900_000 - 1);
      expect(outcomeOf(token)).toBe('accepted');
      underTest.clock.advance(1);

      expect(() => underTest.verifier.verify(token)).toThrow(AccessTokenExpiredError);
    });

    it('ends a token that it sees for the first time', () => {
      const token = tokenOf();
      underTest.clock.advance(900_000);

      expect(outcomeOf(token)).toBe('AccessTokenExpiredError');
      expect(outcomeOf(token)).toBe('AccessTokenExpiredError');
    });

    it('says that a token has expired only if it was a good one', () => {
      const [head = '', payload = ''] = tokenOf().split('.');
      const [, , otherSignature = ''] = withClaims({ jti: 'another' }).split('.');
      underTest.clock.advance(900_000);

      expect(outcomeOf(`${head}.${payload}.${otherSignature}`)).toBe('AccessTokenInvalidError');
    });

    it('opens a token of a clock that is ahead when its time has come', () => {
      const token = withClaims({ nbf: now() + LEEWAY + 1 });
      expect(outcomeOf(token)).toBe('AccessTokenInvalidError');
      underTest.clock.advance(1000);

      expect(outcomeOf(token)).toBe('accepted');
    });
  });

  describe('of a call that is still open', () => {
    it('ends it once the signing key is revoked, and leaves those of other keys', async () => {
      const [revoked, other] = [tokenOf(), tokenOf({ key: RS256 })].map((token) =>
        underTest.verifier.verify(token),
      ) as [Principal, Principal];
      expect(() => underTest.verifier.stillGood(revoked)).not.toThrow();
      underTest.source.set = { current: RS256, all: ALL.filter((key) => key !== ES256) };
      await underTest.keys.reload();

      expect(() => underTest.verifier.stillGood(revoked)).toThrow(AccessTokenRevokedError);
      expect(() => underTest.verifier.stillGood(other)).not.toThrow();
    });

    it('asks no key of a caller who is known by something else', () => {
      const caller = { ...underTest.verifier.verify(tokenOf()), credential: 'api-key' };

      expect(() => underTest.verifier.stillGood(caller)).not.toThrow();
    });
  });

  it('says nothing of why a token is not valid', () => {
    const messages = ['', tokenOf({ header: { ...header(), kid: 'unknown' } }), withClaims({ aud: 'x' })].map(
      (token) => {
        try {
          underTest.verifier.verify(token);
          return 'accepted';
        } catch (error) {
          return (error as Error).message;
        }
      },
    );

    expect(new Set(messages)).toEqual(new Set(['The access token is not valid.']));
  });
});
