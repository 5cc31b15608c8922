import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import type { NewClient } from '../../../src/oauth/clients/new-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OVER = expect.objectContaining({ error: 'invalid_grant' });

describeOnEachStore('What users grant to a client', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start({
      environment: {
        ...environment(),
        REFRESH_TOKEN_TTL: '7d',
        SESSION_MAX_AGE: '30d',
        REFRESH_RATE_LIMIT: '1000/1m',
      },
    });
  });

  afterAll(() => as.close());

  async function granted(settings: Partial<NewClient>) {
    const config = await as.client(settings);
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { location, checks } = await as.authorize(config, cookie);
    const tokens = await oidc.authorizationCodeGrant(config, location, checks);
    return { config, token: tokens.refresh_token ?? '' };
  }

  /** Refreshes each time after so long. @returns what the last refresh gave */
  async function refreshed(config: oidc.Configuration, token: string, times: number, every: number) {
    let tokens: oidc.TokenEndpointResponse | undefined;
    for (let count = 0; count < times; count += 1) {
      as.server.clock.advance(every);
      tokens = await oidc.refreshTokenGrant(config, tokens?.refresh_token ?? token);
    }
    return tokens;
  }

  it('lasts unused as long as the client says, from each refresh on', async () => {
    const { config, token } = await granted({ refreshTokenTtl: 3600 });
    const last = await refreshed(config, token, 3, 0.9 * HOUR);
    as.server.clock.advance(HOUR + 1000);
    await expect(oidc.refreshTokenGrant(config, last?.refresh_token ?? '')).rejects.toEqual(OVER);
  });

  it('lasts as long as the client says before it was ever refreshed', async () => {
    const { config, token } = await granted({ refreshTokenTtl: 3600 });
    const { exp = 0, iat = 0 } = await oidc.tokenIntrospection(config, token);
    expect(exp - iat).toBeLessThanOrEqual(3600);
    as.server.clock.advance(HOUR + 1000);
    await expect(oidc.refreshTokenGrant(config, token)).rejects.toEqual(OVER);
  });

  it('lasts as long as the client says at all, however much it is used, its access tokens too', async () => {
    const { config, token } = await granted({ grantMaxAge: 3600 });
    const last = await refreshed(config, token, 4, 0.24 * HOUR);
    expect(last?.expires_in).toBeLessThanOrEqual(0.04 * 3600);
    const { exp = 0 } = decodeJwt(last?.access_token ?? '');
    expect(exp * 1000).toBeLessThanOrEqual(as.server.clock.now() + 0.04 * HOUR + 1000);
    as.server.clock.advance(0.05 * HOUR);
    await expect(oidc.refreshTokenGrant(config, last?.refresh_token ?? '')).rejects.toEqual(OVER);
  });

  it('has no access token that outlives the time in which it has to be refreshed', async () => {
    const { config, token } = await granted({ refreshTokenTtl: 60 });
    const last = await refreshed(config, token, 1, 1000);
    expect(last?.expires_in).toBeLessThanOrEqual(60);
  });

  it('lasts no longer than the server says, whatever the client does', async () => {
    const long = { refreshTokenTtl: 315_360_000, grantMaxAge: 315_360_000 };
    const unused = await granted(long);
    as.server.clock.advance(7 * DAY + 1000);
    await expect(oidc.refreshTokenGrant(unused.config, unused.token)).rejects.toEqual(OVER);
    const used = await granted(long);
    const last = await refreshed(used.config, used.token, 5, 5.9 * DAY);
    as.server.clock.advance(0.6 * DAY);
    await expect(oidc.refreshTokenGrant(used.config, last?.refresh_token ?? '')).rejects.toEqual(OVER);
  });

  it('is as short as the client says now from the next refresh on', async () => {
    const { config, token } = await granted({});
    const { client_id: id } = config.clientMetadata();
    await as.server.app.get(OAuthClients, { strict: false }).change(id, { refreshTokenTtl: 3600 }, OPERATOR);
    const last = await refreshed(config, token, 1, 2 * HOUR);
    as.server.clock.advance(HOUR + 1000);
    await expect(oidc.refreshTokenGrant(config, last?.refresh_token ?? '')).rejects.toEqual(OVER);
  });

  it('does not shorten sessions of Latchkey’s own', async () => {
    await granted({ refreshTokenTtl: 60, grantMaxAge: 60 });
    const { refreshToken } = (await as.server.api.register()).body;
    as.server.clock.advance(6 * DAY);
    expect((await as.server.api.refresh(refreshToken)).status).toBe(200);
  });
});
