import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { TestAuthorizationServer } from './authorization-server.js';
import { RelyingParty } from './relying-party.js';
import { signInBrowser } from './signed-in-browser.js';

let as: TestAuthorizationServer;
let party: RelyingParty;

beforeAll(async () => {
  as = await TestAuthorizationServer.start();
  party = await RelyingParty.start(as.origin);
});

afterAll(async () => {
  await as.close();
  await party.close();
});

type Settings = Parameters<TestAuthorizationServer['client']>[0];

async function signedIn(cookie: string, settings: Settings = {}) {
  const config = await as.client({ subjectType: 'pairwise', sector: 'shop.example.com', ...settings });
  const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
  const tokens = await oidc.authorizationCodeGrant(config, location, checks);
  return { config, tokens, sub: tokens.claims()?.sub ?? '' };
}

describe('A client with pairwise subjects', () => {
  it('sees an id of the user that those of its sector see alone, everywhere', async () => {
    const { cookie, userId } = await signInBrowser(as.url, as.origin);
    const [shop, till, forum] = [
      await signedIn(cookie),
      await signedIn(cookie),
      await signedIn(cookie, { sector: 'forum.example.com' }),
    ];
    expect(shop.sub).toMatch(/^[\w-]{43}$/);
    expect([till.sub, forum.sub === shop.sub, shop.sub === userId]).toEqual([shop.sub, false, false]);
    const { config, tokens, sub } = shop;
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub });
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, sub });
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(renewed.claims()?.sub).toBe(sub);
    const other = await signInBrowser(as.url, as.origin);
    expect((await signedIn(other.cookie)).sub).not.toBe(sub);
  });

  it('reaches Latchkey’s own routes with its access token, which has the user’s id', async () => {
    const { cookie, userId } = await signInBrowser(as.url, as.origin);
    const { tokens } = await signedIn(cookie);
    expect(decodeJwt(tokens.access_token).sub).toBe(userId);
    expect((await as.server.api.get('/api/profile', { token: tokens.access_token })).status).toBe(200);
  });

  it('is told of logouts by that id, and gives it as a hint', async () => {
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { config, tokens, sub } = await signedIn(cookie, { backchannelLogoutUri: party.uri });
    party.clientId = config.clientMetadata().client_id;
    const hint = { prompt: 'none', id_token_hint: tokens.id_token ?? '' };
    expect((await as.authorize(config, cookie, hint)).location.searchParams.get('code')).toBeTruthy();
    await as.server.api.post('/api/auth/logout-all', undefined, { token: tokens.access_token });
    await party.untilAsked(1);
    expect(party.told.map(({ claims }) => claims.sub)).toEqual([sub]);
  });
});
