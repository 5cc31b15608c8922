import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';
import { signInBrowser } from './signed-in-browser.js';

const DAY = 86_400_000;
const refusal = (error: string) => expect.objectContaining({ error });

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { REFRESH_RATE_LIMIT: '100000/1m' } });
});

afterAll(() => as.close());

describe('A client that must push its requests', () => {
  it('gets a code for a pushed request alone', async () => {
    const config = await as.client({ requirePar: true });
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { location } = await as.authorize(config, cookie);
    expect([location.searchParams.get('error'), location.searchParams.get('code')]).toEqual([
      'invalid_request',
      null,
    ]);
    const { url, checks } = await as.authorizationUrl(config);
    const pushed = await oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
    const answer = await fetch(pushed, { headers: { cookie }, redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? 'none:');
    expect((await oidc.authorizationCodeGrant(config, back, checks)).access_token).toBeTruthy();
  });

  it('is not let off by a form, or by a request object', async () => {
    const config = await as.client({ requirePar: true });
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { url } = await as.authorizationUrl(config);
    const answer = await fetch(`${as.url}/oauth/authorize`, {
      method: 'POST',
      body: url.searchParams,
      headers: { cookie },
      redirect: 'manual',
    });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
    const { location } = await as.authorize(config, cookie, { request: 'eyJhbGciOiJub25lIn0.e30.' });
    expect(location.searchParams.get('code')).toBeNull();
  });
});

describe('A grant', () => {
  it.each(['openid', 'openid offline_access'])(
    'ends SESSION_MAX_AGE after it was given, however often it is refreshed: %s',
    async (scope) => {
      const config = await as.client();
      const ada = await new Person(as, config).signedIn();
      const tokens = await ada.tokens(await ada.ask({ scope, prompt: 'consent' }));
      let { refresh_token: token = '' } = tokens;
      for (let days = 6; days < 30; days += 6) {
        as.server.clock.advance(6 * DAY);
        ({ refresh_token: token = '' } = await oidc.refreshTokenGrant(config, token));
      }
      as.server.clock.advance(5.9 * DAY);
      const last = await oidc.refreshTokenGrant(config, token);
      const { exp = 0, iat = 0 } = decodeJwt(last.access_token);
      expect(exp).toBeGreaterThan(iat);
      as.server.clock.advance(0.2 * DAY);
      await expect(oidc.refreshTokenGrant(config, last.refresh_token ?? '')).rejects.toEqual(
        refusal('invalid_grant'),
      );
    },
  );

  it('ends REFRESH_TOKEN_TTL after it was refreshed last', async () => {
    const config = await as.client();
    const ada = await new Person(as, config).signedIn();
    const { refresh_token: token = '' } = await ada.tokens(await ada.ask({ scope: 'openid' }));
    as.server.clock.advance(7.1 * DAY);
    await expect(oidc.refreshTokenGrant(config, token)).rejects.toEqual(refusal('invalid_grant'));
  });
});
