import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { PASSWORD } from '../../support/api-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { rounds } from './races.js';
import { signInBrowser } from './signed-in-browser.js';

const ROUNDS = rounds(10);
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';
const SCOPES = ['openid', 'account', 'offline_access'];
const REFUSED = expect.objectContaining({ error: 'invalid_grant' });

type Settings = Parameters<TestAuthorizationServer['client']>[0];
type Tokens = oidc.TokenEndpointResponse;

/** What a user has allowed, and the client has not taken. */
interface Pending {
  readonly clientId: string;
  /** Of the session in which it was allowed. */
  readonly token: string;
  readonly take: () => Promise<Tokens>;
}

describeOnEachStore('What a user allowed and the client has not taken yet', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    const limits = { LOGIN_RATE_LIMIT: '100000/1m', OAUTH_RATE_LIMIT: '1000000/1m' };
    as = await TestAuthorizationServer.start({ environment: { ...environment(), ...limits } });
  });

  afterAll(() => as.close());

  const clientOf = (settings: Settings) =>
    as.client({
      type: 'public',
      firstParty: false,
      grants: ['authorization_code', DEVICE_GRANT, 'refresh_token'],
      redirectUris: [redirect_uri],
      ...settings,
    });
  const signedIn = async () => {
    const { cookie } = await signInBrowser(as.url, as.origin);
    return { cookie, token: /latchkey_access=([^;]+)/.exec(cookie)?.[1] ?? '' };
  };
  const consents = (token: string, clientId: string, method: string, scopes?: readonly string[]) =>
    as.server.api.request(method, `/api/auth/consents/${clientId}`, {
      token,
      ...(scopes && { json: { scopes } }),
    });

  const kinds: Record<string, (settings?: Settings) => Promise<Pending>> = {
    'a code': async (settings = {}) => {
      const [config, { cookie, token }] = await Promise.all([clientOf(settings), signedIn()]);
      const clientId = config.clientMetadata().client_id;
      await consents(token, clientId, 'PUT', SCOPES);
      const asked = await as.authorize(config, cookie, { scope: SCOPES.join(' '), redirect_uri });
      expect(asked.location.searchParams.has('code')).toBe(true);
      const take = () => oidc.authorizationCodeGrant(config, asked.location, asked.checks);
      return { clientId, token, take };
    },
    'a device code': async (settings = {}) => {
      const [config, { token }] = await Promise.all([clientOf(settings), signedIn()]);
      const device = await oidc.initiateDeviceAuthorization(config, { scope: SCOPES.join(' ') });
      const json = { userCode: device.user_code, allow: true };
      await as.server.api.request('PUT', '/api/auth/device', { token, json });
      const { device_code } = device;
      const take = () => oidc.genericGrantRequest(config, DEVICE_GRANT, { device_code });
      return { clientId: config.clientMetadata().client_id, token, take };
    },
  };

  const changePassword = (token: string) =>
    as.server.api.post(
      '/api/auth/password/change',
      { currentPassword: PASSWORD, newPassword: `${PASSWORD} again` },
      { token },
    );
  const endings: Record<string, (pending: Pending) => Promise<{ readonly status: number }>> = {
    'another password in that session': ({ token }) => changePassword(token),
    'the end of all other sessions': ({ token }) =>
      as.server.api.request('DELETE', '/api/auth/sessions', { token }),
    'the withdrawal of the consent': ({ token, clientId }) => consents(token, clientId, 'DELETE'),
    'less consent': ({ token, clientId }) => consents(token, clientId, 'PUT', ['openid']),
    'a consent that was taken back and given again': async ({ token, clientId }) => {
      await consents(token, clientId, 'DELETE');
      as.server.clock.advance(1000);
      return consents(token, clientId, 'PUT', SCOPES);
    },
    'the end of every session': ({ token }) => as.server.api.post('/api/auth/logout-all', {}, { token }),
  };

  describe.each(Object.entries(kinds))('%s', (_kind, allow) => {
    it('gives tokens while nothing has ended it', async () => {
      expect((await (await allow()).take()).refresh_token).toBeTruthy();
      expect((await (await allow({ firstParty: true })).take()).refresh_token).toBeTruthy();
    });

    it.each(Object.entries(endings))('gives nothing after %s', async (_ending, end) => {
      const pending = await allow();
      expect((await end(pending)).status).toBe(204);
      await expect(pending.take()).rejects.toEqual(REFUSED);
    });

    it('of a first-party client gives nothing after its sessions were taken back', async () => {
      const pending = await allow({ firstParty: true });
      const kept = await allow({ firstParty: true });
      expect((await consents(pending.token, pending.clientId, 'DELETE')).status).toBe(204);
      await expect(pending.take()).rejects.toEqual(REFUSED);
      expect((await kept.take()).refresh_token).toBeTruthy();
    });

    it('of a first-party client beside a withdrawal never gives a session that goes on', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { token, clientId, take } = await allow({ firstParty: true });
        const [taken] = await Promise.allSettled([take(), consents(token, clientId, 'DELETE')]);
        if (taken.status === 'rejected') expect(taken.reason).toEqual(REFUSED);
        const { body } = await as.server.api.get<unknown[]>('/api/auth/sessions', { token });
        expect(body).toHaveLength(1);
      }
    });

    it('of a first-party client gives nothing after another password in that session', async () => {
      const pending = await allow({ firstParty: true });
      expect((await changePassword(pending.token)).status).toBe(204);
      await expect(pending.take()).rejects.toEqual(REFUSED);
      const sessions = await as.server.api.get<unknown[]>('/api/auth/sessions', { token: pending.token });
      expect(sessions.body).toHaveLength(1);
    });

    it.each(['another password in that session', 'the withdrawal of the consent'])(
      'beside %s never gives a session that goes on',
      async (ending) => {
        for (let round = 0; round < ROUNDS; round++) {
          const pending = await allow();
          const [taken, ended] = await Promise.allSettled([pending.take(), endings[ending]?.(pending)]);
          expect(ended).toMatchObject({ value: { status: 204 } });
          const { body } = await as.server.api.get<unknown[]>('/api/auth/sessions', { token: pending.token });
          expect(body).toHaveLength(1);
          if (taken.status === 'rejected') expect(taken.reason).toEqual(REFUSED);
          else
            expect(
              (await as.server.api.get('/api/profile', { token: taken.value.access_token })).status,
            ).toBe(401);
        }
      },
    );
  });
});
