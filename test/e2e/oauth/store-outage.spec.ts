import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { describeWithPostgres } from '../../support/services/available.js';
import { startPostgresServer } from '../../support/services/start-postgres.js';
import { eventually } from '../support/eventually.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { type SignedInBrowser, signInBrowser } from './signed-in-browser.js';
import { basicOf } from './token-endpoint.js';

const APP_SECRET = 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

describeWithPostgres('While PostgreSQL does not answer', () => {
  let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
  let as: TestAuthorizationServer;
  let another: TestAuthorizationServer;
  let config: oidc.Configuration;
  let authorization: string;
  let browser: SignedInBrowser;
  let tokens: oidc.TokenEndpointResponse;
  let authorizationUrl: URL;
  let discovery: unknown;

  const discover = async () => (await fetch(`${as.url}/.well-known/openid-configuration`)).json();

  beforeAll(async () => {
    postgres = await startPostgresServer();
    const environment = { DATABASE_URL: postgres.url, REVOCATION_MAX_STALENESS: '1s', APP_SECRET };
    as = await TestAuthorizationServer.start({ environment });
    another = await TestAuthorizationServer.start({ environment });
    const { client, secret } = await as.newClient({
      grants: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
      scopes: ['openid', 'account', 'users:read'],
    });
    authorization = basicOf(client.id, secret);
    config = await as.clientOf(client.id, secret);
    browser = await signInBrowser(as.url, as.origin);
    const { location, checks } = await as.authorize(config, browser.cookie, { scope: 'openid account' });
    tokens = await oidc.authorizationCodeGrant(config, location, checks);
    ({ url: authorizationUrl } = await as.authorizationUrl(config, { scope: 'openid', prompt: 'none' }));
    discovery = await discover();
    await postgres.crash();
  });
  afterAll(async () => {
    await as?.close();
    await another?.close();
    await postgres?.stop();
  });

  const post = (path: string, form: Readonly<Record<string, string>>) =>
    fetch(`${as.url}/oauth/${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
  const token = () => ({ token: tokens.access_token });

  it('no token is known to be good', async () => {
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    await eventually(async () => {
      expect((await fetch(`${as.url}/api/auth/verify`, { headers })).status).toBe(503);
    });
  });

  it.each([
    [
      'refreshing',
      () => post('token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
    ],
    [
      'a code',
      () =>
        post('token', {
          grant_type: 'authorization_code',
          code: 'x',
          redirect_uri: 'x',
          code_verifier: 'x'.repeat(43),
        }),
    ],
    ['a device', () => post('device_authorization', { scope: 'openid' })],
    ['introspection, which does not say that a token is dead', () => post('introspect', token())],
    ['revocation, which does not say that it is done', () => post('revoke', token())],
    [
      'prompt=none, which does not say that nobody is signed in',
      () => fetch(authorizationUrl, { headers: { cookie: browser.cookie }, redirect: 'manual' }),
    ],
    ['an instance that was asked for nothing before', () => fetch(`${another.url}/oauth/userinfo`)],
  ])('%s is answered as unavailable', async (_, ask) => {
    const answer = await ask();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'a store that must answer does not; try again in some seconds',
    });
  });

  it('the metadata say what they said before', async () => {
    expect(await discover()).toEqual(discovery);
  });

  it('all goes on once it answers again', async () => {
    await postgres.startAgain();
    await eventually(async () => expect((await fetch(`${as.url}/health/ready`)).status).toBe(200));
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.scope).toBe('openid account');
    expect(await (await post('introspect', { token: next.access_token })).json()).toMatchObject({
      active: true,
    });
  });
});
