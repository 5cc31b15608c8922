import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { startService } from '../resource-server/service-under-test.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

const ORDERS = 'https://orders.example.com/api';
const STOCK = 'https://stock.example.com/';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start();
});

afterAll(() => as.close());

const shop = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  as.client({
    grants: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
    audiences: [ORDERS, STOCK],
    ...settings,
  });
const browser = () => signInBrowser(as.url, as.origin);
const refusal = (error: string) => expect.objectContaining({ error });
const audOf = ({ access_token }: { access_token: string }) => decodeJwt(access_token).aud;
const SCOPE = { scope: 'openid email account' };

async function codeFor(
  config: oidc.Configuration,
  parameters: Record<string, string> = { resource: ORDERS },
) {
  const { cookie } = await browser();
  return as.authorize(config, cookie, { ...SCOPE, ...parameters });
}

async function tokensFor(config: oidc.Configuration) {
  const { location, checks } = await codeFor(config);
  return oidc.authorizationCodeGrant(config, location, checks);
}

describe('A grant for a resource', () => {
  it('gives access tokens for that alone, also later, and an ID token beside', async () => {
    const config = await shop();
    const tokens = await tokensFor(config);
    expect(audOf(tokens)).toBe(ORDERS);
    expect(decodeJwt(tokens.access_token)['scope']).toBe('openid email account');
    expect(tokens.claims()?.email).toBeTruthy();
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(audOf(next)).toBe(ORDERS);
    expect(audOf(await oidc.refreshTokenGrant(config, next.refresh_token ?? '', { resource: ORDERS }))).toBe(
      ORDERS,
    );
  });

  it('opens none of Latchkey’s own routes, userinfo among them', async () => {
    const config = await shop();
    const { access_token: token } = await tokensFor(config);
    for (const path of ['/api/profile', '/api/auth/sessions', '/api/auth/verify'])
      expect((await as.server.api.get(path, { token })).body).toMatchObject({
        status: 401,
        code: 'TOKEN_INVALID',
      });
    const subject = decodeJwt(token).sub ?? '';
    await expect(oidc.fetchUserInfo(config, token, subject)).rejects.toMatchObject({ status: 401 });
  });

  it('is known to introspection with its audience, and ended by revocation', async () => {
    const config = await shop();
    const { access_token: token } = await tokensFor(config);
    expect(await oidc.tokenIntrospection(config, token)).toMatchObject({ active: true, aud: ORDERS });
    await oidc.tokenRevocation(config, token);
    expect(await oidc.tokenIntrospection(config, token)).toEqual(expect.objectContaining({ active: false }));
  });

  it('gives no token for another resource, and its refresh token stays good', async () => {
    const config = await shop();
    const { location, checks } = await codeFor(config);
    await expect(oidc.authorizationCodeGrant(config, location, checks, { resource: STOCK })).rejects.toEqual(
      refusal('invalid_target'),
    );
    const { refresh_token: token = '' } = await tokensFor(config);
    for (const resource of [STOCK, as.origin])
      await expect(oidc.refreshTokenGrant(config, token, { resource })).rejects.toEqual(
        refusal('invalid_target'),
      );
    expect(audOf(await oidc.refreshTokenGrant(config, token))).toBe(ORDERS);
  });

  it.each([
    ['that the client may not ask for', 'https://secrets.example.com'],
    ['that only begins like one', `${ORDERS}/admin`],
    ['that is relative', 'orders'],
    ['with a fragment', `${ORDERS}#all`],
  ])('is refused for one %s', async (_what, resource) => {
    const config = await shop();
    const { location } = await codeFor(config, { resource });
    expect(location.searchParams.get('error')).toBe('invalid_target');
    await expect(oidc.clientCredentialsGrant(config, { resource })).rejects.toEqual(
      refusal('invalid_target'),
    );
  });

  it('is refused for two at once', async () => {
    const config = await shop();
    const { cookie } = await browser();
    const { url } = await as.authorizationUrl(config, { ...SCOPE, resource: ORDERS });
    url.searchParams.append('resource', STOCK);
    const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=invalid_target');
  });

  it('is given by a consent of before, too', async () => {
    const redirect_uri = 'https://shop.example.com/callback';
    const config = await shop({ firstParty: false, redirectUris: [redirect_uri] });
    const { cookie, email } = await browser();
    const { accessToken: token } = (await as.server.api.login(email)).body;
    const path = `/api/auth/consents/${config.clientMetadata().client_id}`;
    const asked = { ...SCOPE, redirect_uri, resource: ORDERS };
    const { location: before } = await as.authorize(config, cookie, asked);
    expect(before.pathname).toMatch(/^\/account\/authorize\//);
    await as.server.api.request('PUT', path, { token, json: { scopes: SCOPE.scope.split(' ') } });
    const { location, checks } = await as.authorize(config, cookie, asked);
    expect(audOf(await oidc.authorizationCodeGrant(config, location, checks))).toBe(ORDERS);
  });

  it('can be asked for by a pushed request', async () => {
    const config = await shop();
    const { cookie } = await browser();
    const { url, checks } = await as.authorizationUrl(config, { ...SCOPE, resource: ORDERS });
    const pushed = await oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
    const answer = await fetch(pushed, { headers: { cookie }, redirect: 'manual' });
    const location = new URL(answer.headers.get('location') ?? '');
    expect(audOf(await oidc.authorizationCodeGrant(config, location, checks))).toBe(ORDERS);
    url.searchParams.set('resource', 'https://secrets.example.com');
    await expect(oidc.buildAuthorizationUrlWithPAR(config, url.searchParams)).rejects.toEqual(
      refusal('invalid_target'),
    );
  });
});

describe('Tokens for a resource', () => {
  it('are given to clients for themselves', async () => {
    const config = await shop();
    expect(audOf(await oidc.clientCredentialsGrant(config, { resource: STOCK }))).toBe(STOCK);
    expect(audOf(await oidc.clientCredentialsGrant(config, {}))).toBe(as.origin);
    expect(audOf(await oidc.clientCredentialsGrant(config, { resource: as.origin }))).toBe(as.origin);
  });

  it('are given to devices', async () => {
    const config = await shop();
    const device = await oidc.initiateDeviceAuthorization(config, { ...SCOPE, resource: ORDERS });
    const { accessToken: token } = (await as.server.api.register()).body;
    const json = { userCode: device.user_code, allow: true };
    await as.server.api.request('PUT', '/api/auth/device', { token, json });
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 });
    expect(audOf(tokens)).toBe(ORDERS);
    expect(audOf(await oidc.refreshTokenGrant(config, tokens.refresh_token ?? ''))).toBe(ORDERS);
    await expect(
      oidc.initiateDeviceAuthorization(config, { ...SCOPE, resource: 'https://secrets.example.com' }),
    ).rejects.toEqual(refusal('invalid_target'));
  });

  it('open the service that they are for, and no other', async () => {
    const config = await shop();
    const [orders, own] = [
      await tokensFor(config),
      await as.authorize(config, (await browser()).cookie, SCOPE),
    ];
    const { access_token: forLatchkey } = await oidc.authorizationCodeGrant(config, own.location, own.checks);
    const service = await startService('Fastify', { issuer: as.origin, audience: ORDERS });
    try {
      const statusOf = async (token: string) => (await service.get('/invoices', token)).status;
      expect([await statusOf(orders.access_token), await statusOf(forLatchkey)]).toEqual([200, 401]);
    } finally {
      await service.close();
    }
  });
});
