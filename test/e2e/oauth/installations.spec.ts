import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { ApiClient, PASSWORD } from '../../support/api-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';
import { raceForCode } from './raced-codes.js';
import { rounds } from './races.js';
import { type SignedInBrowser, signInBrowser } from './signed-in-browser.js';

const ROUNDS = rounds(10);
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ORDERS = 'https://orders.example.com/';
const refusal = (error: string) => expect.objectContaining({ error });

interface Granted extends SignedInBrowser {
  readonly config: oidc.Configuration;
  readonly tokens: oidc.TokenEndpointResponse;
}

describeOnEachStore('The authorization server of two instances', (environment) => {
  let as: TestAuthorizationServer;
  let api: ApiClient;

  beforeAll(async () => {
    as = await TestAuthorizationServer.startOnStore(environment(), { REFRESH_RATE_LIMIT: '100000/1m' });
    api = new ApiClient(as.url);
  });

  afterAll(() => as.close());

  const signedIn = async (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) => {
    const [config, person] = await Promise.all([as.client(settings), signInBrowser(as.url, as.origin)]);
    return { config, ...person };
  };
  const granted = async (scope = 'openid account'): Promise<Granted> => {
    const who = await signedIn();
    const { location, checks } = await as.authorize(who.config, who.cookie, { scope });
    return {
      ...who,
      tokens: await oidc.authorizationCodeGrant(who.config, location, checks),
    };
  };
  /** Of each instance, twice. */
  const answersTo = (token: string) =>
    Promise.all(Array.from({ length: 4 }, () => api.get('/api/profile', { token })));
  const isRefused = (token: string) =>
    eventually(async () => {
      expect((await answersTo(token)).map(({ body }) => body.code)).toEqual(Array(4).fill('TOKEN_REVOKED'));
    });

  it('a user signs in to a client, which refreshes, and is seen in the list of sessions', async () => {
    const { config, cookie, tokens, userId } = await granted();
    expect((await answersTo(tokens.access_token)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await oidc.fetchUserInfo(config, next.access_token, userId)).toMatchObject({ sub: userId });
    const sessions = await fetch(`${as.url}/api/auth/sessions`, { headers: { cookie } });
    expect(await sessions.json()).toContainEqual(
      expect.objectContaining({ id: decodeJwt(next.access_token)['sid'], clientName: 'Shop' }),
    );
  });

  it('a code used by several at once gives tokens to exactly one, in each round, and the replay ends its session', async () => {
    const { config, ...browser } = await signedIn();
    for (let round = 0; round < ROUNDS; round++) await raceForCode(as, config, browser);
  });

  it('refreshes at once get one successor, and a used token ends the grant everywhere', async () => {
    const { config, tokens } = await granted();
    for (let round = 0, token = tokens.refresh_token ?? ''; round < ROUNDS; round++) {
      const next = await Promise.all(Array.from({ length: 4 }, () => oidc.refreshTokenGrant(config, token)));
      expect(new Set(next.map(({ refresh_token }) => refresh_token)).size).toBe(1);
      token = next[0]?.refresh_token ?? '';
    }
    as.server.clock.advance(60_000);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toEqual(
      refusal('invalid_grant'),
    );
    await isRefused(tokens.access_token);
  });

  it.each<[string, number, (grant: Granted) => Promise<unknown>]>([
    [
      'the client revokes it',
      400,
      ({ config, tokens }) => oidc.tokenRevocation(config, tokens.refresh_token ?? ''),
    ],
    [
      'the user ends all sessions',
      400,
      async ({ email }) => {
        const { body } = await api.post<{ accessToken: string }>('/api/auth/login', {
          email,
          password: PASSWORD,
        });
        await api.post('/api/auth/logout-all', undefined, { token: body.accessToken });
      },
    ],
    [
      'the client is deleted',
      401,
      ({ config }) =>
        as.server.app
          .get(OAuthClients, { strict: false })
          .delete(config.clientMetadata().client_id, OPERATOR),
    ],
  ])('a grant is over everywhere once %s', async (_how, status, end) => {
    const grant = await granted();
    const { active } = await oidc.tokenIntrospection(grant.config, grant.tokens.access_token);
    expect(active).toBe(true);
    await end(grant);
    await isRefused(grant.tokens.access_token);
    await expect(
      oidc.refreshTokenGrant(grant.config, grant.tokens.refresh_token ?? ''),
    ).rejects.toMatchObject({
      status,
    });
  });

  it('a request pushed to one is known to the other, and used once', async () => {
    const { config, cookie } = await signedIn();
    const { url, checks } = await as.authorizationUrl(config);
    const pushed = await oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
    const ask = () => fetch(pushed, { headers: { cookie }, redirect: 'manual' });
    const location = new URL((await ask()).headers.get('location') ?? 'none:');
    expect((await oidc.authorizationCodeGrant(config, location, checks)).token_type).toBe('bearer');
    const again = new URL((await ask()).headers.get('location') ?? 'none:');
    expect(again.searchParams.get('error')).toBe('invalid_request_uri');
  });

  it('a pushed request that several browsers open at once gives one code', async () => {
    const { config, cookie } = await signedIn();
    for (let round = 0; round < ROUNDS; round++) {
      const { url } = await as.authorizationUrl(config);
      const pushed = await oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
      const open = () => fetch(pushed, { headers: { cookie }, redirect: 'manual' });
      const all = await Promise.all(Array.from({ length: 4 }, open));
      const codes = all.filter(({ headers }) => headers.get('location')?.includes('code='));
      expect(codes).toHaveLength(1);
    }
  });

  it('a grant with offline_access outlives the sign-out of its browser everywhere, others do not', async () => {
    const config = await as.client();
    const ada = await new Person(as, config).signedIn();
    const grantOf = async (scope: string) => ada.tokens(await ada.ask({ scope, prompt: 'consent' }));
    const [bound, free] = [await grantOf('openid account'), await grantOf('openid account offline_access')];
    await ada.visitor.open('/account');
    await ada.visitor.submit('/account/sign-out', {});
    await isRefused(bound.access_token);
    await expect(oidc.refreshTokenGrant(config, bound.refresh_token ?? '')).rejects.toEqual(
      refusal('invalid_grant'),
    );
    expect((await answersTo(free.access_token)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const next = await oidc.refreshTokenGrant(config, free.refresh_token ?? '');
    expect(decodeJwt(next.access_token)['scope']).toBe('openid account offline_access');
  });

  it('a token for a resource is for that alone on each instance, also once it was refreshed', async () => {
    const { config, cookie } = await signedIn({ audiences: [ORDERS] });
    const { location, checks } = await as.authorize(config, cookie, {
      resource: ORDERS,
      scope: 'openid account',
    });
    let tokens: oidc.TokenEndpointResponse = await oidc.authorizationCodeGrant(config, location, checks);
    for (let round = 0; round < 4; round++) {
      expect(decodeJwt(tokens.access_token).aud).toBe(ORDERS);
      const answers = await answersTo(tokens.access_token);
      expect(answers.map(({ body }) => body.code)).toEqual(Array(4).fill('TOKEN_INVALID'));
      expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
        active: true,
        aud: ORDERS,
      });
      await expect(
        oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', { resource: as.origin }),
      ).rejects.toEqual(refusal('invalid_target'));
      tokens = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    }
  });

  it('a token is exchanged on each instance, for no more, until its session ends', async () => {
    const grant = await granted();
    const orders = await as.client({
      grants: [EXCHANGE],
      redirectUris: [],
      scopes: ['account', 'roles'],
      audiences: [as.origin],
    });
    const exchange = (parameters: Record<string, string> = {}) =>
      oidc.genericGrantRequest(orders, EXCHANGE, {
        subject_token: grant.tokens.access_token,
        subject_token_type: ACCESS_TOKEN,
        ...parameters,
      });
    const each = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 4 }, ask));
    for (const { access_token: token } of await each(() => exchange())) {
      expect(decodeJwt(token)).toMatchObject({
        sub: grant.userId,
        sid: decodeJwt(grant.tokens.access_token)['sid'],
        scope: 'account',
        act: { sub: orders.clientMetadata().client_id },
      });
      expect((await answersTo(token)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
    await each(() => expect(exchange({ scope: 'roles' })).rejects.toEqual(refusal('invalid_scope')));
    const { access_token: last } = await exchange();
    await oidc.tokenRevocation(grant.config, grant.tokens.refresh_token ?? '');
    await isRefused(last);
    await each(() => expect(exchange()).rejects.toEqual(refusal('invalid_request')));
  });

  it.each([
    ['scope', { scopes: ['openid', 'account'] }],
    ['resource', { audiences: [] }],
  ])('a client that loses a %s loses the sessions that have it, and keeps the others', async (_, less) => {
    const { client, secret } = await as.newClient({
      scopes: ['openid', 'account', 'profile'],
      audiences: [ORDERS],
    });
    const config = await as.clientOf(client.id, secret);
    const grant = async (parameters: Record<string, string>) => {
      const { cookie } = await signInBrowser(as.url, as.origin);
      const { location, checks } = await as.authorize(config, cookie, parameters);
      return oidc.authorizationCodeGrant(config, location, checks);
    };
    const kept = await grant({ scope: 'openid account' });
    const more = await grant({ scope: 'openid account profile', resource: ORDERS });
    const clients = as.server.app.get(OAuthClients, { strict: false });
    await clients.change(client.id, less, OPERATOR);
    await eventually(async () => {
      for (let asked = 0; asked < 4; asked++)
        expect(await oidc.tokenIntrospection(config, more.access_token)).toEqual({ active: false });
    });
    await expect(oidc.refreshTokenGrant(config, more.refresh_token ?? '')).rejects.toEqual(
      refusal('invalid_grant'),
    );
    expect((await answersTo(kept.access_token)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await oidc.refreshTokenGrant(config, kept.refresh_token ?? '')).scope).toBe('openid account');
  });

  it('the answer says the scopes that the token has, not those that the user lacks', async () => {
    const { config, cookie } = await signedIn({ scopes: ['openid', 'users:read'] });
    const { location, checks } = await as.authorize(config, cookie, { scope: 'openid users:read' });
    const tokens = await oidc.authorizationCodeGrant(config, location, checks);
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    for (const { scope, access_token: token } of [tokens, next])
      expect([scope, decodeJwt(token)['scope']]).toEqual(['openid', 'openid']);
  });

  it('a secret that was rotated is known everywhere, the older one until it expires', async () => {
    const settings = { grants: ['client_credentials'], redirectUris: [], scopes: ['users:read'] } as const;
    const { client, secret = '' } = await as.newClient({ ...settings, grants: [...settings.grants] });
    const tokenBy = (by: string) =>
      fetch(`${as.url}/oauth/token`, {
        method: 'POST',
        headers: { Authorization: `Basic ${btoa(`${client.id}:${by}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    expect((await tokenBy(secret)).status).toBe(200);
    const clients = as.server.app.get(OAuthClients, { strict: false });
    const { secret: newer = '' } = await clients.rotateSecret(client.id, OPERATOR, 60);
    await eventually(async () => {
      for (const by of [secret, secret, newer, newer]) expect((await tokenBy(by)).status).toBe(200);
    });
    as.server.clock.advance(61_000);
    expect((await tokenBy(secret)).status).toBe(401);
    expect((await tokenBy(newer)).status).toBe(200);
  });
});
