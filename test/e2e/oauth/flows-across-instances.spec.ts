import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { InitialAccessTokens } from '../../../src/oauth/registration/initial-access-tokens.js';
import { ApiClient, PASSWORD } from '../../support/api-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { CALLBACK, TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';
import { RelyingParty } from './relying-party.js';
import { signInBrowser } from './signed-in-browser.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const PASSWORD_CONTEXT = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const FORUM = 'https://forum.example.com/logout';
const BACK = 'https://shop.example.com/signed-out';
const refusal = (error: string) => expect.objectContaining({ error });

type Tokens = Awaited<ReturnType<Person['tokens']>>;

describeOnEachStore('What begins at one instance and goes on at another', (environment) => {
  let as: TestAuthorizationServer;
  let api: ApiClient;
  let party: RelyingParty;

  beforeAll(async () => {
    as = await TestAuthorizationServer.startOnStore(environment(), {
      LOGIN_RATE_LIMIT: '1000/1m',
      OAUTH_REGISTRATION: 'on',
    });
    api = new ApiClient(as.url);
    party = await RelyingParty.start(as.origin);
  });

  afterAll(async () => {
    await as.close();
    await party.close();
  });

  const here = <T>(ask: () => Promise<T>) => as.at(0, ask);
  const there = <T>(ask: () => Promise<T>) => as.at(1, ask);
  const atBoth = async (expectation: () => Promise<unknown>) => {
    await here(expectation);
    await there(expectation);
  };
  const isRefused = (token: string) =>
    eventually(() =>
      atBoth(async () => {
        expect((await api.get('/api/profile', { token })).body.code).toBe('TOKEN_REVOKED');
      }),
    );
  const isInactive = (config: oidc.Configuration, token: string) =>
    eventually(() =>
      atBoth(async () => {
        expect(await oidc.tokenIntrospection(config, token)).toEqual({ active: false });
      }),
    );

  /** A code that the first gave, exchanged at the second. */
  async function grantedTo(
    config: oidc.Configuration,
    parameters: Record<string, string> = { scope: 'openid account' },
    browser?: { readonly cookie: string },
  ): Promise<Tokens> {
    const { cookie } = browser ?? (await signInBrowser(as.url, as.origin));
    const { location, checks } = await here(() => as.authorize(config, cookie, parameters));
    return there(() => oidc.authorizationCodeGrant(config, location, checks));
  }

  async function hasSignedOut({ visitor }: Person, { access_token: token }: Tokens): Promise<void> {
    await isRefused(token);
    await atBoth(async () => {
      expect((await visitor.open('/account')).html).toContain('<h1>Sign in</h1>');
    });
  }

  it('a sign-in and a consent, whose pages each come from the next', async () => {
    const config = await as.client({ firstParty: false });
    const ada = await new Person(as, config).register();
    await here(() => ada.ask({ scope: 'openid email' }));
    const consent = await there(async () => ada.follow(await ada.signIn()));
    expect(consent.html).toContain('Allow Shop?');
    const back = await here(() => ada.answer(consent, 'allow'));
    expect((await there(() => ada.tokens(back))).claims()).toMatchObject({ email: ada.email });
  });

  it('a password that is shown again', async () => {
    const config = await as.client();
    const ada = await new Person(as, config).signedIn();
    const page = await here(() => ada.ask({ scope: 'openid', prompt: 'login' }));
    const back = await there(() => ada.answer(page, 'password', { password: PASSWORD }));
    expect((await here(() => ada.tokens(back))).access_token).toBeTruthy();
  });

  it('a pushed request with claims, its code, and userinfo', async () => {
    const config = await as.client();
    const { cookie, userId, email } = await signInBrowser(as.url, as.origin);
    const claims = JSON.stringify({
      id_token: { email: null, acr: { essential: true, value: PASSWORD_CONTEXT } },
      userinfo: { name: { essential: true } },
    });
    const { url, checks } = await as.authorizationUrl(config, { scope: 'openid email profile', claims });
    const pushed = await here(() => oidc.buildAuthorizationUrlWithPAR(config, url.searchParams));
    const open = () => fetch(pushed, { headers: { cookie }, redirect: 'manual' });
    const location = new URL((await there(open)).headers.get('location') ?? 'none:');
    const again = new URL((await here(open)).headers.get('location') ?? 'none:');
    expect(again.searchParams.get('error')).toBe('invalid_request_uri');
    const tokens = await here(() => oidc.authorizationCodeGrant(config, location, checks));
    expect(tokens.claims()).toMatchObject({ email, acr: PASSWORD_CONTEXT });
    await atBoth(async () => {
      expect(await oidc.fetchUserInfo(config, tokens.access_token, userId)).toMatchObject({ name: 'Ada' });
    });
  });

  it('an essential acr that is asked for by claims, and not met', async () => {
    const config = await as.client();
    const { cookie } = await signInBrowser(as.url, as.origin);
    const acr = { essential: true, value: 'https://refeds.org/profile/mfa' };
    const { url } = await as.authorizationUrl(config, {
      claims: JSON.stringify({ id_token: { acr } }),
    });
    const pushed = await here(() => oidc.buildAuthorizationUrlWithPAR(config, url.searchParams));
    const answer = await there(() => fetch(pushed, { headers: { cookie }, redirect: 'manual' }));
    expect(answer.headers.get('location')).toContain('error=unmet_authentication_requirements');
  });

  it('pairwise subjects, which are the same at each', async () => {
    const browser = await signInBrowser(as.url, as.origin);
    const pairwise = { subjectType: 'pairwise', sector: 'shop.example.com' } as const;
    const [shop, till] = [await as.client(pairwise), await as.client(pairwise)];
    const tokens = await grantedTo(shop, { scope: 'openid' }, browser);
    const sub = tokens.claims()?.sub ?? '';
    expect(sub).toMatch(/^[\w-]{43}$/);
    const { location, checks } = await there(() => as.authorize(till, browser.cookie));
    const others = await here(() => oidc.authorizationCodeGrant(till, location, checks));
    expect(others.claims()?.sub).toBe(sub);
    await atBoth(async () => {
      expect(await oidc.fetchUserInfo(shop, tokens.access_token, sub)).toMatchObject({ sub });
      expect(await oidc.tokenIntrospection(shop, tokens.access_token)).toMatchObject({ active: true, sub });
    });
    const hint = { prompt: 'none', id_token_hint: tokens.id_token ?? '' };
    const hinted = await here(() => as.authorize(shop, browser.cookie, hint));
    expect(hinted.location.searchParams.get('code')).toBeTruthy();
  });

  it('a logout that a client asks for, which ends all everywhere, and is told in front and behind', async () => {
    const [shop, forum, mail] = [
      await as.client({ postLogoutRedirectUris: [BACK] }),
      await as.client({ frontchannelLogoutUri: FORUM }),
      await as.client({ backchannelLogoutUri: party.uri, subjectType: 'pairwise' }),
    ];
    party.clientId = mail.clientMetadata().client_id;
    const ada = await new Person(as, shop).signedIn();
    const browser = { cookie: ada.visitor.jar.headerFor('/oauth/authorize') ?? '' };
    const scope = { scope: 'openid account' };
    const tokens = await grantedTo(shop, scope, browser);
    const [ofForum, ofMail] = [await grantedTo(forum, scope, browser), await grantedTo(mail, scope, browser)];
    const { pathname, search } = oidc.buildEndSessionUrl(shop, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: BACK,
    });
    // Asked for at one, and answered by the page of the other, where that leads.
    const page = await ada.visitor.open(pathname + search);
    expect(page.headers.get('refresh')).toContain(BACK);
    const query = new URLSearchParams({ iss: as.origin, sid: ofForum.claims()?.['sid'] as string });
    expect(page.html).toContain(`<iframe src="${FORUM}?${query.toString().replaceAll('&', '&amp;')}"`);
    for (const each of [tokens, ofForum, ofMail]) await hasSignedOut(ada, each);
    await party.untilAsked(1);
    const { sub, sid: mailSid } = decodeJwt(ofMail.id_token ?? '');
    expect([party.refused, party.told.map(({ claims }) => [claims.sub, claims['sid']])]).toEqual([
      [],
      [[sub, mailSid]],
    ]);
  });

  it('a logout that a person is asked about', async () => {
    const config = await as.client({ postLogoutRedirectUris: [BACK] });
    const ada = await new Person(as, config).signedIn();
    const browser = { cookie: ada.visitor.jar.headerFor('/oauth/authorize') ?? '' };
    const tokens = await grantedTo(config, undefined, browser);
    const { pathname, search } = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: BACK });
    const page = await here(() => ada.visitor.open(pathname + search));
    expect(page.html).toContain('<h1>Sign out?</h1>');
    const back = await there(() => ada.visitor.submit(ada.actionOf(page), { answer: 'yes' }));
    expect(back.headers.get('refresh')).toContain(BACK);
    await hasSignedOut(ada, tokens);
  });

  it('a consent that is taken back, which ends what it gave', async () => {
    const redirect_uri = 'https://shop.example.com/callback';
    const config = await as.client({ firstParty: false, redirectUris: [redirect_uri] });
    const { clientId } = new Person(as, config);
    const browser = await signInBrowser(as.url, as.origin);
    const token = /latchkey_access=([^;]+)/.exec(browser.cookie)?.[1] ?? '';
    const consents = (method: string, json?: object) =>
      api.request(method, `/api/auth/consents/${clientId}`, { token, ...(json && { json }) });
    await there(() => consents('PUT', { scopes: ['openid', 'account'] }));
    const asked = { scope: 'openid account', redirect_uri };
    const tokens = await grantedTo(config, asked, browser);
    const pending = await here(() => as.authorize(config, browser.cookie, asked));
    expect((await there(() => consents('DELETE'))).status).toBe(204);
    await isRefused(tokens.access_token);
    await atBoth(() =>
      expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toEqual(
        refusal('invalid_grant'),
      ),
    );
    await here(() =>
      expect(oidc.authorizationCodeGrant(config, pending.location, pending.checks)).rejects.toEqual(
        refusal('invalid_grant'),
      ),
    );
    await atBoth(async () => {
      const { location } = await as.authorize(config, browser.cookie, asked);
      expect(location.pathname).toMatch(/^\/account\/authorize\//);
    });
  });

  it('a registration, whose initial token is used up everywhere', async () => {
    const { token } = await as.server.app
      .get(InitialAccessTokens, { strict: false })
      .create(
        { name: 'Partner', grants: ['authorization_code', 'refresh_token'], scopes: ['openid'], uses: 1 },
        3_600_000,
        OPERATOR,
      );
    const register = () =>
      fetch(`${as.url}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({
          client_name: 'Partner',
          redirect_uris: [CALLBACK],
          token_endpoint_auth_method: 'none',
        }),
      });
    const answers = await Promise.all(Array.from({ length: 4 }, register));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401, 401, 401]);
    const made = answers.find(({ status }) => status === 201);
    if (!made) throw new Error('It did not register.');
    const { client_id: id } = (await made.json()) as { client_id: string };
    const config = await as.clientOf(id, undefined);
    const ada = await new Person(as, config).signedIn();
    const consent = await here(() => ada.ask({ scope: 'openid' }));
    const back = await there(() => ada.answer(consent, 'allow'));
    expect((await here(() => ada.tokens(back))).claims()?.aud).toBe(id);
  });

  it('introspection and revocation', async () => {
    const config = await as.client();
    const service = await as.client({ grants: ['client_credentials'], redirectUris: [] });
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const tokens = await grantedTo(config);
      await atBoth(async () => {
        const { access_token: token, refresh_token: refresh = '' } = tokens;
        expect(await oidc.tokenIntrospection(service, token)).toMatchObject({ active: true });
        expect(await oidc.tokenIntrospection(config, refresh)).toMatchObject({ active: true });
      });
      await here(() => oidc.tokenRevocation(config, tokens[kind] ?? ''));
      await isRefused(tokens.access_token);
      await isInactive(service, tokens.access_token);
      await isInactive(config, tokens.refresh_token ?? '');
      await there(() =>
        expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toEqual(
          refusal('invalid_grant'),
        ),
      );
    }
  });

  it('the revocation of a token of a client by itself', async () => {
    const config = await as.client({ grants: ['client_credentials'], redirectUris: [] });
    const [ended, kept] = [
      await here(() => oidc.clientCredentialsGrant(config)),
      await there(() => oidc.clientCredentialsGrant(config)),
    ];
    await atBoth(async () => {
      expect(await oidc.tokenIntrospection(config, ended.access_token)).toMatchObject({ active: true });
    });
    await there(() => oidc.tokenRevocation(config, ended.access_token));
    await isInactive(config, ended.access_token);
    await atBoth(async () => {
      expect(await oidc.tokenIntrospection(config, kept.access_token)).toMatchObject({ active: true });
    });
  });

  it.each([true, false])('a device that is answered elsewhere (allowed: %s)', async (isAllowed) => {
    const config = await as.client({
      type: 'public',
      grants: [DEVICE_GRANT, 'refresh_token'],
      redirectUris: [],
    });
    const ada = await new Person(as, config).signedIn();
    const device = await here(() => oidc.initiateDeviceAuthorization(config, { scope: 'openid account' }));
    const poll = () => oidc.genericGrantRequest(config, DEVICE_GRANT, { device_code: device.device_code });
    await there(() => expect(poll()).rejects.toEqual(refusal('authorization_pending')));
    const json = { userCode: device.user_code, allow: isAllowed };
    const token = ada.visitor.jar.headerFor('/api')?.match(/latchkey_access=([^;]+)/)?.[1] ?? '';
    await there(() => api.request('PUT', '/api/auth/device', { token, json }));
    as.server.clock.advance(5001);
    if (!isAllowed) {
      await here(() => expect(poll()).rejects.toEqual(refusal('access_denied')));
      return;
    }
    const tokens = await here(poll);
    await atBoth(async () => {
      expect((await api.get('/api/profile', { token: tokens.access_token })).status).toBe(200);
    });
    as.server.clock.advance(5001);
    await there(() => expect(poll()).rejects.toEqual(refusal('invalid_grant')));
    await isRefused(tokens.access_token);
  });

  it('an exchange of tokens, of which each ends with the session', async () => {
    const config = await as.client();
    const [orders, stock] = [
      await as.client({ grants: [EXCHANGE], redirectUris: [], scopes: ['account'], audiences: [as.origin] }),
      await as.client({ grants: [EXCHANGE], redirectUris: [], scopes: ['account'], audiences: [as.origin] }),
    ];
    const exchange = (by: oidc.Configuration, token: string) =>
      oidc.genericGrantRequest(by, EXCHANGE, { subject_token: token, subject_token_type: ACCESS_TOKEN });
    const tokens = await grantedTo(config);
    const first = await here(() => exchange(orders, tokens.access_token));
    const second = await there(() => exchange(stock, first.access_token));
    const [byOrders, byStock] = [orders, stock].map((by) => by.clientMetadata().client_id);
    expect(decodeJwt(second.access_token)['act']).toMatchObject({ sub: byStock, act: { sub: byOrders } });
    await atBoth(async () => {
      expect((await api.get('/api/profile', { token: second.access_token })).status).toBe(200);
    });
    await here(() => oidc.tokenRevocation(config, tokens.refresh_token ?? ''));
    await isRefused(first.access_token);
    await isRefused(second.access_token);
    await atBoth(() =>
      expect(exchange(orders, tokens.access_token)).rejects.toEqual(refusal('invalid_request')),
    );
  });

  it('an exchange of tokens, which end everywhere with the client that acts', async () => {
    const tokens = await grantedTo(await as.client());
    const orders = await as.client({
      grants: [EXCHANGE],
      redirectUris: [],
      scopes: ['account'],
      audiences: [as.origin],
    });
    const parameters = { subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN };
    const { access_token: exchanged } = await there(() =>
      oidc.genericGrantRequest(orders, EXCHANGE, parameters),
    );
    await atBoth(async () => {
      expect((await api.get('/api/profile', { token: exchanged })).status).toBe(200);
    });
    const clients = as.server.app.get(OAuthClients, { strict: false });
    await clients.change(orders.clientMetadata().client_id, { disabled: true }, OPERATOR);
    await isRefused(exchanged);
    await atBoth(async () => {
      expect((await api.get('/api/profile', { token: tokens.access_token })).status).toBe(200);
    });
  });
});
