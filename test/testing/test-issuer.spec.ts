import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Clock } from '../../src/common/clock.js';
import { TokensConfig } from '../../src/config/config.js';
import { FakeClock, TestIssuer, type TestToken } from '../../src/testing/index.js';
import { AccessTokenVerifier } from '../../src/tokens/access/access-token-verifier.js';
import { OwnVerificationRules } from '../../src/tokens/access/own-verification-rules.js';
import { VerificationRules } from '../../src/tokens/access/verification-rules.js';
import { VerificationKeys } from '../../src/tokens/keys/verification-keys.js';
import { RevokedTokens } from '../../src/tokens/revocation/revoked-tokens.js';
import { SigningKeys } from '../../src/tokens/keys/signing-keys.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import { tokensOfTests } from '../docs/examples/tokens-of-tests.js';
import { testConfig } from '../support/test-config.js';

const AUDIENCE = 'https://api.example.com';
const SESSION = '3f0f0e9a-52c1-4f7e-9a55-0d6a4a7c1b01';

describe('TestIssuer', () => {
  const clock = new FakeClock();
  let issuer: TestIssuer;
  let module: TestingModule;
  let verifier: AccessTokenVerifier;

  beforeAll(async () => {
    issuer = await TestIssuer.start({
      audience: AUDIENCE,
      algorithms: ['ES256', 'ES384', 'RS256', 'PS256'],
      clock,
    });
    const config = testConfig('unused', { PUBLIC_URL: issuer.url, AUDIENCE, CLOCK_LEEWAY: '0s' }).tokens;
    module = await Test.createTestingModule({
      providers: [
        AccessTokenVerifier,
        { provide: VerificationKeys, useClass: SigningKeys },
        { provide: RevokedTokens, useClass: RevocationList },
        { provide: VerificationRules, useClass: OwnVerificationRules },
        { provide: TokensConfig, useValue: config },
        { provide: Clock, useValue: clock },
        ...issuer.providers,
      ],
    }).compile();
    await module.init();
    verifier = module.get(AccessTokenVerifier);
  });

  afterAll(async () => {
    await module?.close();
    await issuer?.close();
  });

  /** `accepted`, or the code of the refusal. */
  const outcomeOf = (token: string): string => {
    try {
      verifier.verify(token);
      return 'accepted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('gives in one line a token that the strict verifier accepts, with what it was to say', () => {
    const token = issuer.token({ subject: 'ada', roles: ['admin'], scopes: ['a:read', 'a:write'] });

    expect(verifier.verify(token)).toMatchObject({
      subject: 'ada',
      roles: ['admin'],
      scopes: ['a:read', 'a:write'],
      expiresAt: Math.floor(clock.now() / 1000) * 1000 + 15 * 60_000,
    });
  });

  it('gives a good token to a caller that asks for nothing, and each time another', () => {
    const [one, other] = [issuer.token(), issuer.token()];

    expect([outcomeOf(one), outcomeOf(other)]).toEqual(['accepted', 'accepted']);
    expect(verifier.verify(one)).toMatchObject({ subject: 'test-user', roles: [], scopes: [] });
    expect(verifier.verify(one).tokenId).not.toBe(verifier.verify(other).tokenId);
  });

  it.each(['ES256', 'ES384', 'RS256', 'PS256'] as const)('signs with %s where that is asked', (algorithm) => {
    expect(outcomeOf(issuer.token({ algorithm }))).toBe('accepted');
  });

  it.each<[string, TestToken, string]>([
    ['expired', { expired: true }, 'TOKEN_EXPIRED'],
    ['of a lifetime that is over', { expiresIn: '1m', issuedAgo: '2m' }, 'TOKEN_EXPIRED'],
    ['of the future', { issuedAgo: -60_000 }, 'TOKEN_INVALID'],
    ['for another audience', { audience: 'https://other.example.com' }, 'TOKEN_INVALID'],
    ['of another issuer', { issuer: 'https://other.example.com' }, 'TOKEN_INVALID'],
    ['without a signature', { algorithm: 'none' }, 'TOKEN_INVALID'],
    ['signed with the public key as a secret', { algorithm: 'HS256' }, 'TOKEN_INVALID'],
    ['signed by another key', { forged: true }, 'TOKEN_INVALID'],
    ['of another type', { header: { typ: 'JWT' } }, 'TOKEN_INVALID'],
    ['without a claim', { claims: { jti: undefined } }, 'TOKEN_INVALID'],
  ])('gives one that is %s', (_, token, code) => {
    expect(outcomeOf(issuer.token(token))).toBe(code);
  });

  it('is told of a key that it has not, or a duration that is none', async () => {
    const plain = await TestIssuer.start();

    expect(() => plain.token({ algorithm: 'PS256' })).toThrow(/no PS256 key/);
    expect(() => plain.token({ expiresIn: 'soon' })).toThrow(/soon is no duration/);
    expect(plain.audience).toBe(plain.url);
    await plain.close();
  });

  describe('revokes, at once,', () => {
    it('a token by its text, and no other', async () => {
      const [dead, alive] = [issuer.token(), issuer.token()];
      await issuer.revoke(dead);

      expect([outcomeOf(dead), outcomeOf(alive)]).toEqual(['TOKEN_REVOKED', 'accepted']);
    });

    it('those of a session, also later ones', async () => {
      await issuer.revoke({ sessionId: SESSION });

      expect(outcomeOf(issuer.token({ sessionId: SESSION }))).toBe('TOKEN_REVOKED');
    });

    it('those of a subject, but not what is issued afterwards', async () => {
      const dead = issuer.token({ subject: 'eve' });
      await issuer.revoke({ subject: 'eve' });
      const later = issuer.token({ subject: 'eve' });
      clock.advance('1s');

      expect([outcomeOf(dead), outcomeOf(later)]).toEqual(['TOKEN_REVOKED', 'accepted']);
    });

    it('nothing that is no token', async () => {
      await expect(issuer.revoke('no token')).rejects.toThrow(TypeError);
    });
  });

  it('is believed by another library that knows its URL only', async () => {
    const metadata = (await (await fetch(`${issuer.url}/.well-known/oauth-authorization-server`)).json()) as {
      issuer: string;
      jwks_uri: string;
    };
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
    const options = { issuer: metadata.issuer, audience: AUDIENCE, typ: 'at+jwt' };

    for (const algorithm of ['ES256', 'ES384', 'RS256', 'PS256'] as const) {
      const { payload } = await jwtVerify(issuer.token({ subject: 'ada', algorithm }), keys, options);
      expect(payload.sub).toBe('ada');
    }
    await expect(jwtVerify(issuer.token({ forged: true }), keys, options)).rejects.toThrow(/signature/);
  });

  it('gives what docs/extending.md shows', async () => {
    const { issuer: shown, good, bad, revoked } = await tokensOfTests(clock);
    const keys = createRemoteJWKSet(new URL(`${shown.url}/.well-known/jwks.json`));
    const verified = async (token: string) => jwtVerify(token, keys, { audience: AUDIENCE });

    expect((await verified(good)).payload).toMatchObject({ sub: 'ada', roles: ['admin'], iss: shown.url });
    for (const token of bad) await expect(verified(token)).rejects.toThrow(Error);
    expect((await verified(revoked)).payload.sub).toBe('test-user');
    await shown.close();
  });

  it('answers nothing else, and nothing at all once it is closed', async () => {
    const other = await TestIssuer.start();
    expect((await fetch(`${other.url}/oauth/token`)).status).toBe(404);
    await other.close();
    await other.close();

    await expect(fetch(`${other.url}/.well-known/jwks.json`)).rejects.toThrow(/fetch failed/);
  });
});
