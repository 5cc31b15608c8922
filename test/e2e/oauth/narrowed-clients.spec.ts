import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import type { ClientSettings } from '../../../src/oauth/clients/oauth-client.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

const ORDERS = 'https://orders.example.com/api';
/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';
const SCOPE = 'openid profile email account';

type Settings = Parameters<TestAuthorizationServer['client']>[0];

describeOnEachStore('What a client was granted', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({ environment: environment() });
  });

  afterAll(() => as.close());

  const change = (clientId: string, settings: Partial<ClientSettings>) =>
    as.server.app.get(OAuthClients, { strict: false }).change(clientId, settings, OPERATOR);
  const asked = async (settings: Settings = {}, parameters: Record<string, string> = {}) => {
    const config = await as.client({ redirectUris: [redirect_uri], audiences: [ORDERS], ...settings });
    const clientId = config.clientMetadata().client_id;
    const { cookie } = await signInBrowser(as.url, as.origin);
    const own = /latchkey_access=([^;]+)/.exec(cookie)?.[1] ?? '';
    const allow = (scopes: readonly string[]) =>
      as.server.api.request('PUT', `/api/auth/consents/${clientId}`, { token: own, json: { scopes } });
    await allow(SCOPE.split(' '));
    const { location, checks } = await as.authorize(config, cookie, {
      scope: SCOPE,
      redirect_uri,
      ...parameters,
    });
    const take = () => oidc.authorizationCodeGrant(config, location, checks);
    return { config, clientId, allow, take };
  };
  const granted = async (settings: Settings = {}, parameters: Record<string, string> = {}) => {
    const flow = await asked(settings, parameters);
    const { access_token: token, refresh_token: refreshToken = '' } = await flow.take();
    const introspected = () => oidc.tokenIntrospection(flow.config, token);
    const sid = String((await introspected())['sid']);
    const refreshed = () => oidc.refreshTokenGrant(flow.config, refreshToken);
    const end = async () =>
      (await as.server.app.get(SessionsService, { strict: false }).find(sid))?.endReason;
    return { ...flow, introspected, refreshed, end };
  };
  const REFUSED = expect.objectContaining({ error: 'invalid_grant' });

  it.each<[string, Partial<ClientSettings>, Record<string, string>]>([
    ['a scope', { scopes: ['openid'] }, {}],
    ['an audience', { audiences: [] }, { resource: ORDERS }],
  ])('ends where it has %s that the client may not have any more', async (_what, less, parameters) => {
    const grant = await granted({}, parameters);
    await change(grant.clientId, less);
    expect((await grant.introspected()).active).toBe(false);
    await expect(grant.refreshed()).rejects.toEqual(REFUSED);
    expect(await grant.end()).toBe('client_narrowed');
  });

  it('goes on where it has no more than the client may have', async () => {
    const grant = await granted({ scopes: [...SCOPE.split(' '), 'offline_access'] });
    await change(grant.clientId, { scopes: SCOPE.split(' '), audiences: [] });
    expect((await grant.introspected()).active).toBe(true);
    expect((await grant.refreshed()).access_token).toBeTruthy();
  });

  it('and has not taken yet is not given where it is more than the client may have', async () => {
    const { clientId, take } = await asked();
    await change(clientId, { scopes: ['openid'] });
    await expect(take()).rejects.toEqual(REFUSED);
  });

  it('ends where it is more than the user allows from now on', async () => {
    const grant = await granted({ firstParty: false });
    expect((await grant.allow(SCOPE.split(' '))).status).toBe(204);
    expect((await grant.introspected()).active).toBe(true);
    expect((await grant.allow(['openid'])).status).toBe(204);
    expect((await grant.introspected()).active).toBe(false);
    await expect(grant.refreshed()).rejects.toEqual(REFUSED);
    expect(await grant.end()).toBe('grant_revoked');
  });
});

describe('A consent', () => {
  it('is for no client that is part of the server', async () => {
    const as = await TestAuthorizationServer.start({ environment: { DOCS: 'on' } });
    try {
      const { cookie } = await signInBrowser(as.url, as.origin);
      const token = /latchkey_access=([^;]+)/.exec(cookie)?.[1] ?? '';
      const answer = await as.server.api.request('PUT', '/api/auth/consents/latchkey-docs', {
        token,
        json: { scopes: ['openid'] },
      });
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'NOT_FOUND']);
    } finally {
      await as.close();
    }
  });
});
