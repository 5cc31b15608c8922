import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { ApiClient } from '../../support/api-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { RelyingParty } from './relying-party.js';
import { signInBrowser } from './signed-in-browser.js';

const USERS = 12;

describeOnEachStore('Logouts that two instances tell of', (environment) => {
  let as: TestAuthorizationServer;
  let party: RelyingParty;

  beforeAll(async () => {
    as = await TestAuthorizationServer.startOnStore(environment(), { REGISTER_RATE_LIMIT: '1000/1m' });
    party = await RelyingParty.start(as.origin);
  });

  afterAll(async () => {
    await as.close();
    await party.close();
  });

  it('are each told once, whichever instance the session was ended at', async () => {
    const config = await as.client({ backchannelLogoutUri: party.uri });
    party.clientId = config.clientMetadata().client_id;
    const api = new ApiClient(as.url);
    const users = await Promise.all(
      Array.from({ length: USERS }, async () => {
        const { cookie } = await signInBrowser(as.url, as.origin);
        const { location, checks } = await as.authorize(config, cookie, { scope: 'openid account' });
        return oidc.authorizationCodeGrant(config, location, checks);
      }),
    );
    await Promise.all(
      users.map(({ access_token: token }) => api.post('/api/auth/logout-all', undefined, { token })),
    );
    await party.untilAsked(USERS);
    const sids = users.map((tokens) => tokens.claims()?.['sid']);
    expect(new Set(party.told.map(({ claims }) => claims['sid']))).toEqual(new Set(sids));
    expect([party.asked, party.refused]).toEqual([USERS, []]);
  });
});
