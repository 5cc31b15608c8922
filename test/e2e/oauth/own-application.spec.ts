import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import type { Platform } from '../access/extended-app.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

describe.each<Platform>(['Fastify', 'Express'])('An application of one’s own on %s', (platform) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.startOn(platform, { oauth: true, pages: true });
  });

  afterAll(() => as.close());

  it('is an authorization server: code, refresh, userinfo, introspection and revocation', async () => {
    const [config, { cookie, userId }] = await Promise.all([as.client(), signInBrowser(as.url, as.origin)]);
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid email account' });
    const first = await oidc.authorizationCodeGrant(config, location, checks);
    expect(first.claims()).toMatchObject({ sub: userId });
    const tokens = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(await oidc.fetchUserInfo(config, tokens.access_token, userId)).toMatchObject({ sub: userId });
    const { sid } = decodeJwt(tokens.access_token);
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, sid });
    await oidc.tokenRevocation(config, tokens.refresh_token ?? '');
    expect((await as.server.api.profile(tokens.access_token)).body.code).toBe('TOKEN_REVOKED');
  });

  it('leads who is not signed in to its pages', async () => {
    const { url } = await as.authorizationUrl(await as.client());
    const sent = await fetch(url, { redirect: 'manual' });
    const page = new URL(sent.headers.get('location') ?? 'none:', as.origin);
    expect(page.pathname).toMatch(/^\/account\/authorize\//);
    const cookie = sent.headers.getSetCookie().map((line) => line.split(';')[0]);
    const shown = await fetch(page, { headers: { cookie: cookie.join('; ') } });
    expect([shown.status, await shown.text()]).toEqual([
      200,
      expect.stringContaining(`value="${page.pathname}"`),
    ]);
  });
});
