import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { PASSWORD } from '../../../support/api-client.js';
import { TestAuthorizationServer } from '../authorization-server.js';
import { Person } from '../person.js';
import { signInBrowser, type SignedInBrowser } from '../signed-in-browser.js';

let as: TestAuthorizationServer;
let config: oidc.Configuration;
let ada: SignedInBrowser;

beforeAll(async () => {
  const environment = { LOGIN_RATE_LIMIT: '1000/1m', OAUTH_RATE_LIMIT: '100000/1m' };
  as = await TestAuthorizationServer.start({ environment });
  [config, ada] = await Promise.all([as.client(), signInBrowser(as.url, as.origin)]);
});

afterAll(() => as.close());

type Change = (query: URLSearchParams) => void;

/** What the browser is sent back with, where a request is changed. */
async function sentBack(change: Change, method = 'GET'): Promise<URL> {
  const { url } = await as.authorizationUrl(config);
  change(url.searchParams);
  const query = new URLSearchParams(url.searchParams);
  if (method === 'POST') url.search = '';
  const answer = await fetch(url, {
    method,
    headers: { cookie: ada.cookie },
    redirect: 'manual',
    ...(method === 'POST' && { body: query }),
  });
  return new URL(answer.headers.get('location') ?? 'none:', as.origin);
}

/** The tokens that a request gives in the end. */
async function tokensFor(parameters: Record<string, string>) {
  const { location, checks } = await as.authorize(config, ada.cookie, parameters);
  return oidc.authorizationCodeGrant(config, location, checks);
}

const set =
  (values: Record<string, string>): Change =>
  (query) => {
    for (const [name, value] of Object.entries(values)) query.set(name, value);
  };
const reversed: Change = (query) => {
  const entries = [...query].toReversed();
  for (const [name] of entries) query.delete(name);
  for (const [name, value] of entries) query.append(name, value);
};

describe('A request', () => {
  it.each<[string, Change]>([
    ['without a nonce', (query) => query.delete('nonce')],
    ['without a state', (query) => query.delete('state')],
    ['with a nonce of 64 characters', set({ nonce: 'n'.repeat(64) })],
    ['with a nonce of 384 characters', set({ nonce: 'n'.repeat(384) })],
    ['with a state of 384 characters', set({ state: 's'.repeat(384) })],
    ['with its parameters in another order', reversed],
    ['with its scopes in another order', set({ scope: 'email openid' })],
    ['with display=page', set({ display: 'page' })],
    ['with display=popup', set({ display: 'popup' })],
    ['with ui_locales', set({ ui_locales: 'se de' })],
    ['with claims_locales', set({ claims_locales: 'se' })],
    ['with acr_values', set({ acr_values: '1 2' })],
    ['with a login_hint', set({ login_hint: 'buffy@example.com' })],
    ['with a parameter that there is not', set({ extra: 'foobar' })],
    ['with scopes that there are not', set({ scope: 'openid address phone' })],
    ['with a max_age that is not over', set({ max_age: '10000' })],
    ['where nothing may be asked', set({ prompt: 'none' })],
  ])('gives a code %s, and state and issuer as they were', async (_how, change) => {
    let asked = new URLSearchParams();
    const remembered: Change = (query) => {
      change(query);
      asked = new URLSearchParams(query);
    };
    const { searchParams } = await sentBack(remembered);
    expect([searchParams.get('error'), searchParams.get('code')]).toEqual([null, expect.any(String)]);
    expect([searchParams.get('state'), searchParams.get('iss')]).toEqual([asked.get('state'), as.origin]);
  });

  it('can come as a form', async () => {
    const { searchParams } = await sentBack(() => undefined, 'POST');
    expect(searchParams.get('code')).toEqual(expect.any(String));
  });

  it.each<[string, string, Change]>([
    ['without a response type', 'invalid_request', (query) => query.delete('response_type')],
    ['for an ID token beside the code', 'unsupported_response_type', set({ response_type: 'code id_token' })],
    ['for a token', 'unsupported_response_type', set({ response_type: 'token' })],
    [
      'as an object without a signature',
      'request_not_supported',
      set({ request: 'eyJhbGciOiJub25lIn0.e30.' }),
    ],
    ['that is elsewhere', 'request_uri_not_supported', set({ request_uri: 'https://shop.example.com/r' })],
  ])('is refused %s: %s', async (_how, error, change) => {
    const { searchParams, hash } = await sentBack(change);
    const answer = new URLSearchParams(hash === '' ? searchParams : hash.slice(1));
    expect([answer.get('error'), answer.get('code')]).toEqual([error, null]);
  });
});

describe('The time of the sign-in', () => {
  it('stays the same where nothing is asked, by prompt=none, id_token_hint or max_age', async () => {
    const first = await tokensFor({ max_age: '15000' });
    for (const parameters of [
      { prompt: 'none' },
      { prompt: 'none', id_token_hint: first.id_token ?? '' },
      { max_age: '10000' },
    ]) {
      const { sub, auth_time } = (await tokensFor(parameters)).claims() ?? {};
      expect([sub, auth_time]).toEqual([ada.userId, first.claims()?.auth_time]);
    }
  });

  it('is later where max_age=1 is over, and the password was shown again', async () => {
    // Seconds are what the protocol counts in, by the time of day.
    as.server.clock.advance(-5000);
    const person = await new Person(as, config).signedIn();
    const first = (await person.tokens(await person.ask({ scope: 'openid' }))).claims();
    as.server.clock.advance(5000);
    const page = await person.ask({ scope: 'openid', max_age: '1' });
    expect(page.html).toContain('Show your password again');
    const again = await person.tokens(await person.answer(page, 'password', { password: PASSWORD }));
    expect(again.claims()?.auth_time).toBeGreaterThan(Number(first?.auth_time));
  });
});

describe('Claims', () => {
  it.each([
    ['openid profile', { name: 'Ada', updated_at: expect.any(Number) }],
    ['openid email', { email: expect.stringContaining('@'), email_verified: false }],
    ['openid profile email address phone', { name: 'Ada', email: expect.stringContaining('@') }],
  ])('are those of the scopes: %s', async (scope, expected) => {
    const { access_token: token } = await tokensFor({ scope });
    const { sub, ...claims } = await oidc.fetchUserInfo(config, token, ada.userId);
    expect([sub, claims]).toEqual([ada.userId, expect.objectContaining(expected)]);
    expect('name' in claims).toBe(scope.includes('profile'));
  });

  it.each([
    ['openid profile', 'Ada'],
    ['openid', undefined],
  ])(
    'can be asked for one by one, as essential, and are told as far as scopes go: %s',
    async (scope, name) => {
      const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
      const { access_token: token } = await tokensFor({ scope, claims });
      const told = await oidc.fetchUserInfo(config, token, ada.userId);
      expect(told.name).toBe(name);
    },
  );

  it.each(['header', 'form'])('are told to a POST, with the token in the %s', async (where) => {
    const { access_token: token } = await tokensFor({ scope: 'openid email' });
    const told = await fetch(`${as.url}/oauth/userinfo`, {
      method: 'POST',
      ...(where === 'header'
        ? { headers: { authorization: `Bearer ${token}` } }
        : { body: new URLSearchParams({ access_token: token }) }),
    });
    expect(await told.json()).toMatchObject({ sub: ada.userId, email: ada.email });
  });

  it('are not told to a token in the query', async () => {
    const { access_token: token } = await tokensFor({ scope: 'openid email' });
    const told = await fetch(`${as.url}/oauth/userinfo?access_token=${token}`);
    expect(told.status).toBeGreaterThanOrEqual(400);
  });
});

describe('The ID token', () => {
  it('has each nonce as it was', async () => {
    for (const nonce of ['n'.repeat(384), 'ä 💥']) {
      const { location, checks } = await as.authorize(config, ada.cookie, { nonce });
      const tokens = await oidc.authorizationCodeGrant(config, location, { ...checks, expectedNonce: nonce });
      expect(decodeJwt(tokens.id_token ?? '')['nonce']).toBe(nonce);
    }
  });
});

describe('A client that sends its secret in the form', () => {
  it('gets nothing: it is registered for the header', async () => {
    const { client, secret = '' } = await as.newClient({ grants: ['client_credentials'], redirectUris: [] });
    const answer = await fetch(`${as.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.id,
        client_secret: secret,
      }),
    });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      expect.objectContaining({ error: 'invalid_client' }),
    ]);
  });
});
