import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

let as: TestAuthorizationServer;
let config: oidc.Configuration;

beforeAll(async () => {
  as = await TestAuthorizationServer.start();
  config = await as.client({ grants: ['authorization_code', 'refresh_token', 'client_credentials'] });
});

afterAll(() => as.close());

async function granted() {
  const { cookie, userId } = await signInBrowser(as.url, as.origin);
  const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account roles' });
  const tokens = await oidc.authorizationCodeGrant(config, location, checks);
  return { userId, accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? '' };
}

const profileStatus = async (token: string) => (await as.server.api.get('/api/profile', { token })).status;

describe('Introspection', () => {
  it('says what an access token says, to any client that shows who it is', async () => {
    const { userId, accessToken } = await granted();
    const resourceServer = await as.client({ grants: ['client_credentials'], redirectUris: [] });
    const { sid, jti, exp } = decodeJwt(accessToken);
    expect(await oidc.tokenIntrospection(resourceServer, accessToken)).toMatchObject({
      active: true,
      sub: userId,
      client_id: config.clientMetadata().client_id,
      scope: 'openid account roles',
      aud: as.origin,
      iss: as.origin,
      roles: ['user'],
      token_type: 'Bearer',
      sid,
      jti,
      exp,
    });
  });

  it('says it signed where that is asked for (RFC 9701)', async () => {
    const { accessToken, userId } = await granted();
    const { client, secret = '' } = await as.newClient({ grants: ['client_credentials'], redirectUris: [] });
    const answer = await fetch(`${as.url}/oauth/introspect`, {
      method: 'POST',
      headers: {
        accept: 'application/token-introspection+jwt',
        authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ token: accessToken }),
    });
    expect(answer.headers.get('content-type')).toContain('application/token-introspection+jwt');
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', as.url));
    const { payload, protectedHeader } = await jwtVerify(await answer.text(), keys, { issuer: as.origin });
    expect(protectedHeader.typ).toBe('token-introspection+jwt');
    expect(payload['token_introspection']).toMatchObject({ active: true, sub: userId });
  });

  it('says of a client’s own token that the client is its subject', async () => {
    const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'account' });
    const { client_id } = config.clientMetadata();
    expect(await oidc.tokenIntrospection(config, access_token)).toMatchObject({ active: true, client_id });
  });

  it('says of a refresh token that it is good, to its own client alone', async () => {
    const { refreshToken } = await granted();
    expect(await oidc.tokenIntrospection(config, refreshToken)).toMatchObject({ active: true });
    expect(await oidc.tokenIntrospection(await as.client(), refreshToken)).toEqual({ active: false });
  });

  it.each(['x', 'lk_at_x', 'lk_rt_x', 'eyJ.eyJ.eyJ', 'a b', '€'])('says nothing of %s', async (token) => {
    expect(await oidc.tokenIntrospection(config, token)).toEqual({ active: false });
  });

  it('is refused to public clients, and to callers who do not show who they are', async () => {
    const { accessToken } = await granted();
    const open = await as.client({ type: 'public' });
    expect(await oidc.tokenIntrospection(open, accessToken)).toEqual({ active: false });
    const answer = await fetch(`${as.url}/oauth/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token: accessToken }),
    });
    expect(answer.status).toBe(400);
  });

  it('refuses a form that is larger than any', async () => {
    const answer = await fetch(`${as.url}/oauth/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'x'.repeat(200_000) }),
    });
    expect(answer.status).toBe(400);
  });
});

describe('Revocation', () => {
  it.each(['access', 'refresh'] as const)(
    'of its %s token ends a grant with all its tokens',
    async (kind) => {
      const { accessToken, refreshToken } = await granted();
      expect(await profileStatus(accessToken)).toBe(200);
      await oidc.tokenRevocation(config, kind === 'access' ? accessToken : refreshToken);
      expect(await profileStatus(accessToken)).toBe(401);
      expect(await oidc.tokenIntrospection(config, accessToken)).toEqual({ active: false });
      await expect(oidc.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    },
  );

  it('of a client’s own token ends that token', async () => {
    const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'account' });
    await oidc.tokenRevocation(config, access_token);
    expect(await oidc.tokenIntrospection(config, access_token)).toEqual({ active: false });
  });

  it('by another client changes nothing, and says nothing', async () => {
    const { accessToken, refreshToken } = await granted();
    const other = await as.client();
    await oidc.tokenRevocation(other, accessToken);
    await oidc.tokenRevocation(other, refreshToken);
    expect(await profileStatus(accessToken)).toBe(200);
    expect((await oidc.refreshTokenGrant(config, refreshToken)).refresh_token).toMatch(/^lk_rt_/);
  });

  it.each(['/api/auth/logout', '/api/auth/logout-all'])('is what %s does as well', async (path) => {
    const { accessToken, refreshToken } = await granted();
    expect((await as.server.api.post(path, undefined, { token: accessToken })).status).toBe(204);
    expect(await oidc.tokenIntrospection(config, accessToken)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});
