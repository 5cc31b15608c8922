import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import { AuditSink } from '../../../src/audit/audit-sink.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { raceForCode } from './raced-codes.js';
import { rounds } from './races.js';
import { signInBrowser } from './signed-in-browser.js';

const ROUNDS = rounds(25);

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { REFRESH_RATE_LIMIT: '100000/1m' } });
});

afterAll(() => as.close());

const browser = () => signInBrowser(as.url, as.origin);

async function signedIn(settings: Parameters<TestAuthorizationServer['client']>[0] = {}) {
  const [config, person] = await Promise.all([as.client(settings), browser()]);
  return { config, ...person };
}

const profile = (token: string) => as.server.api.get('/api/profile', { token });
const refusal = (error: string) => expect.objectContaining({ error });

describe('The code flow', () => {
  it('gives a client tokens of a session of its own, with an ID token', async () => {
    const { config, cookie, email, userId } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid email roles account' });
    expect([location.origin + location.pathname, location.searchParams.get('iss')]).toEqual([
      CALLBACK,
      as.origin,
    ]);
    const tokens = await oidc.authorizationCodeGrant(config, location, checks);
    expect(tokens).toMatchObject({
      token_type: 'bearer',
      expires_in: 900,
      scope: 'openid email roles account',
    });
    expect(tokens.refresh_token).toMatch(/^lk_rt_/);
    const { client_id } = config.clientMetadata();
    const access = decodeJwt(tokens.access_token);
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    expect(access).toMatchObject({
      sub: userId,
      client_id,
      roles: ['user'],
      scope: 'openid email roles account',
    });
    expect(tokens.claims()).toMatchObject({
      sub: userId,
      email,
      email_verified: false,
      sid: access['sid'],
      amr: ['pwd'],
      auth_time: expect.any(Number),
      at_hash: expect.any(String),
    });
    expect((await profile(tokens.access_token)).status).toBe(200);
    expect(await oidc.fetchUserInfo(config, tokens.access_token, userId)).toMatchObject({
      sub: userId,
      email,
    });
    const sessions = await as.server.api.get<{ id: string; clientId: string | null }[]>(
      '/api/auth/sessions',
      {
        token: tokens.access_token,
      },
    );
    expect(sessions.body).toContainEqual(expect.objectContaining({ id: access['sid'], clientId: client_id }));
  });

  it('is refused to who is not signed in, where nobody may be asked', async () => {
    const config = await as.client();
    const { location } = await as.authorize(config, undefined, { prompt: 'none' });
    expect(location.searchParams.get('error')).toBe('login_required');
  });

  it('leads who is not signed in to a page', async () => {
    const { location } = await as.authorize(await as.client(), undefined);
    expect(location.pathname).toMatch(/^\/account\/authorize\/[\w-]+$/);
  });

  it.each([
    ['without a challenge', { code_challenge: '', code_challenge_method: '' }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['with another response type', { response_type: 'token' }],
    ['with a scope that the client may not have', { scope: 'openid users:write' }],
  ])('is refused %s', async (_how, parameters) => {
    const { config, cookie } = await signedIn();
    const { location } = await as.authorize(config, cookie, parameters);
    expect(location.searchParams.get('code')).toBeNull();
    expect(location.href).toMatch(/error=(invalid_request|unsupported_response_type|invalid_scope)/);
  });

  it.each([
    'http://127.0.0.1/callback/',
    'http://127.0.0.1/callback?x=1',
    'http://127.0.0.1/callback/../callback',
    'http://127.0.0.1@evil.example/callback',
    'http://evil.example/callback',
    'https://127.0.0.1/callback',
    'http://localhost/callback',
    'http://127.0.0.1/CALLBACK',
    'http://127.0.0.1/callback#a',
  ])('sends nobody to %s, which is not registered', async (redirect_uri) => {
    const { config, cookie } = await signedIn();
    const { location } = await as.authorize(config, cookie, { redirect_uri });
    expect(location.href).toBe('none:');
  });

  it('finds the port of a loopback address free', async () => {
    const { config, cookie } = await signedIn({ type: 'public' });
    const { location, checks } = await as.authorize(config, cookie, {
      redirect_uri: 'http://127.0.0.1:49152/callback',
    });
    expect(location.port).toBe('49152');
    const tokens = await oidc.authorizationCodeGrant(config, location, checks);
    expect(tokens.refresh_token).toMatch(/^lk_rt_/);
  });
});

describe('A client with tokens that live shorter', () => {
  it('gets such tokens, for users and for itself', async () => {
    const { config, cookie } = await signedIn({
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      accessTokenTtl: 60,
    });
    const { location, checks } = await as.authorize(config, cookie);
    const first = await oidc.authorizationCodeGrant(config, location, checks);
    const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
    const own = await oidc.clientCredentialsGrant(config, {});
    expect([first.expires_in, second.expires_in, own.expires_in]).toEqual([60, 60, 60]);
  });
});

describe('A code', () => {
  it('is of no use with another verifier, client or redirect URI', async () => {
    const { config, cookie } = await signedIn();
    const other = await as.client();
    const wrong = [
      {
        who: config,
        change: (checks: oidc.AuthorizationCodeGrantChecks) => ({
          ...checks,
          pkceCodeVerifier: 'x'.repeat(43),
        }),
      },
      { who: other, change: (checks: oidc.AuthorizationCodeGrantChecks) => checks },
    ];
    for (const { who, change } of wrong) {
      const { location, checks } = await as.authorize(config, cookie);
      await expect(oidc.authorizationCodeGrant(who, location, change(checks))).rejects.toEqual(
        refusal('invalid_grant'),
      );
    }
    const { location, checks } = await as.authorize(config, cookie);
    location.port = '1';
    await expect(oidc.authorizationCodeGrant(config, location, checks)).rejects.toEqual(
      refusal('invalid_grant'),
    );
  });

  it('that is used again ends the grant', async () => {
    const { config, cookie } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
    const tokens = await oidc.authorizationCodeGrant(config, location, checks);
    expect((await profile(tokens.access_token)).status).toBe(200);
    await expect(oidc.authorizationCodeGrant(config, location, checks)).rejects.toEqual(
      refusal('invalid_grant'),
    );
    expect((await profile(tokens.access_token)).body.code).toBe('TOKEN_REVOKED');
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toEqual(
      refusal('invalid_grant'),
    );
  });

  it('that a failure kept from becoming a session is good still, and then used up', async () => {
    const { config, cookie } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
    const use = () => oidc.authorizationCodeGrant(config, location, checks);
    const audit = as.server.app.get(AuditSink, { strict: false });
    jest.spyOn(audit, 'record').mockRejectedValueOnce(new Error('The disk is full.'));
    await expect(use()).rejects.toMatchObject({ cause: { status: 500 } });
    const { access_token: token } = await use();
    expect((await profile(token)).status).toBe(200);
    await expect(use()).rejects.toEqual(refusal('invalid_grant'));
    expect((await profile(token)).status).toBe(401);
  });

  it('that several use at once gives tokens to exactly one, in each round, and the others end its session', async () => {
    const { config, ...browserOfUser } = await signedIn();
    for (let round = 0; round < ROUNDS; round++) await raceForCode(as, config, browserOfUser);
  });
});

describe('A refresh token of a client', () => {
  it('gives four requests at once the same successor, and ends the grant when used later', async () => {
    const { config, cookie } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
    const first = await oidc.authorizationCodeGrant(config, location, checks);
    const four = await Promise.all(
      Array.from({ length: 4 }, () => oidc.refreshTokenGrant(config, first.refresh_token ?? '')),
    );
    expect(new Set(four.map(({ refresh_token }) => refresh_token)).size).toBe(1);
    const second = await oidc.refreshTokenGrant(config, four[0]?.refresh_token ?? '');
    expect(second.id_token).toEqual(expect.any(String));
    as.server.clock.advance(60_000);
    await expect(oidc.refreshTokenGrant(config, first.refresh_token ?? '')).rejects.toEqual(
      refusal('invalid_grant'),
    );
    expect((await profile(second.access_token)).body.code).toBe('TOKEN_REVOKED');
  });

  it('is of no use to another client, or to Latchkey’s own route, and stays good', async () => {
    const { config, cookie } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie);
    const { refresh_token: refreshToken = '' } = await oidc.authorizationCodeGrant(config, location, checks);
    const other = await as.client();
    await expect(oidc.refreshTokenGrant(other, refreshToken)).rejects.toEqual(refusal('invalid_grant'));
    const own = await as.server.api.post('/api/auth/refresh', { refreshToken });
    expect(own.body.code).toBe('REFRESH_TOKEN_INVALID');
    expect((await oidc.refreshTokenGrant(config, refreshToken)).refresh_token).toMatch(/^lk_rt_/);
  });

  it('gives fewer scopes, not more', async () => {
    const { config, cookie } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid email account' });
    const { refresh_token: token = '' } = await oidc.authorizationCodeGrant(config, location, checks);
    await expect(oidc.refreshTokenGrant(config, token, { scope: 'openid roles' })).rejects.toEqual(
      refusal('invalid_scope'),
    );
    const fewer = await oidc.refreshTokenGrant(config, token, { scope: 'openid' });
    expect(decodeJwt(fewer.access_token)['scope']).toBe('openid');
    const whole = await oidc.refreshTokenGrant(config, fewer.refresh_token ?? '');
    expect(decodeJwt(whole.access_token)['scope']).toBe('openid email account');
  });
});

describe('A client', () => {
  it('gets a token of its own, of which it is the subject', async () => {
    const config = await as.client({
      grants: ['client_credentials'],
      redirectUris: [],
      scopes: ['users:read'],
    });
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'users:read' });
    const { client_id } = config.clientMetadata();
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: client_id,
      client_id,
      roles: [],
      scope: 'users:read',
    });
    expect(tokens.refresh_token).toBeUndefined();
    await expect(oidc.clientCredentialsGrant(config, { scope: 'users:write' })).rejects.toEqual(
      refusal('invalid_scope'),
    );
  });

  it('with a wrong secret gets nothing', async () => {
    const config = await as.client({ grants: ['client_credentials'], redirectUris: [] });
    const { client_id } = config.clientMetadata();
    const wrong = new oidc.Configuration(
      config.serverMetadata(),
      client_id,
      undefined,
      oidc.ClientSecretBasic('wrong'),
    );
    // oxlint-disable-next-line typescript/no-deprecated -- on loopback
    oidc.allowInsecureRequests(wrong);
    await expect(oidc.clientCredentialsGrant(wrong, {})).rejects.toMatchObject({ status: 401 });
  });
});
