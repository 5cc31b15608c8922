import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import * as oidc from 'openid-client';
import { TestAuthorizationServer } from '../authorization-server.js';
import { rounds } from '../races.js';
import { TokenEndpoint } from '../token-endpoint.js';
import { signInForClient } from './signed-in-client.js';
import { setClockForward } from './time-of-day.js';

const ROUNDS = rounds(20);

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { OAUTH_RATE_LIMIT: '1000000/1m' } });
});

afterAll(() => as.close());

afterEach(() => {
  jest.restoreAllMocks();
});

const signedIn = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  signInForClient(as, settings);

describe('PKCE', () => {
  it.each<[string, (query: URLSearchParams) => void]>([
    [
      'without a challenge',
      (query) => {
        query.delete('code_challenge');
        query.delete('code_challenge_method');
      },
    ],
    ['with a method alone', (query) => query.delete('code_challenge')],
    ['with an empty challenge', (query) => query.set('code_challenge', '')],
    ['with `plain`', (query) => query.set('code_challenge_method', 'plain')],
    ['with no method, which means `plain`', (query) => query.delete('code_challenge_method')],
    ['with another method', (query) => query.set('code_challenge_method', 's256')],
    ['with a challenge that is too short', (query) => query.set('code_challenge', 'a'.repeat(42))],
    ['with two challenges', (query) => query.append('code_challenge', 'a'.repeat(43))],
  ])('is not left out or weakened: %s', async (_how, change) => {
    for (const type of ['public', 'confidential'] as const) {
      const { config, cookie } = await signedIn({ type });
      const { url } = await as.authorizationUrl(config);
      change(url.searchParams);
      const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
      const location = new URL(answer.headers.get('location') ?? '');
      expect([location.searchParams.get('error'), location.searchParams.get('code')]).toEqual([
        'invalid_request',
        null,
      ]);
      await expect(oidc.buildAuthorizationUrlWithPAR(config, url.searchParams)).rejects.toMatchObject({
        error: 'invalid_request',
      });
    }
  });
});

describe('An answer through the browser', () => {
  it.each<[string, Record<string, string>]>([
    ['a code', {}],
    ['an error', { prompt: 'none', response_type: 'token' }],
    ['a refusal', { scope: 'openid users:write' }],
  ])('says which server it is from: %s (mix-up, RFC 9207)', async (_what, parameters) => {
    const { config, cookie } = await signedIn();
    const { location, checks } = await as.authorize(config, cookie, parameters);
    const answer = new URLSearchParams(location.search || location.hash.slice(1));
    expect(answer.getAll('iss')).toEqual([as.origin]);
    expect(answer.get('state')).toBe(checks.expectedState);
  });
});

describe('A pushed request', () => {
  it('that several browsers open at once gives one code', async () => {
    const { config, cookie } = await signedIn();
    for (let round = 0; round < ROUNDS; round++) {
      const { url, checks } = await as.authorizationUrl(config);
      const pushed = await oidc.buildAuthorizationUrlWithPAR(config, url.searchParams);
      const open = async () => {
        const answer = await fetch(pushed, { headers: { cookie }, redirect: 'manual' });
        return new URL(answer.headers.get('location') ?? 'none:');
      };
      const all = await Promise.all([open(), open(), open(), open()]);
      const won = all.filter(({ searchParams }) => searchParams.has('code'));
      const lost = all.filter((location) => !won.includes(location));
      expect(won).toHaveLength(1);
      for (const { searchParams } of lost) expect(searchParams.get('error')).toMatch(/^invalid_/);
      const [location = new URL('none:')] = won;
      expect((await oidc.authorizationCodeGrant(config, location, checks)).access_token).toBeTruthy();
    }
  });

  it('is another client’s, or a minute old: it is refused', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const { url } = await as.authorizationUrl(ada.config);
    const push = async () => oidc.buildAuthorizationUrlWithPAR(ada.config, url.searchParams);
    const stolen = await push();
    stolen.searchParams.set('client_id', eve.id);
    const late = await push();
    const ask = async (address: URL) => {
      const answer = await fetch(address, { headers: { cookie: eve.cookie }, redirect: 'manual' });
      return `${answer.headers.get('location')} ${await answer.text()}`;
    };
    expect(await ask(stolen)).not.toContain('code=');
    setClockForward(61);
    const answer = await ask(late);
    expect(answer).toContain('invalid_request_uri');
    expect(answer).not.toContain('code=');
  });
});

describe('A request that is said to be elsewhere', () => {
  it('is never fetched, whoever names it and wherever', async () => {
    const asked: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    try {
      const { config, cookie, endpoint, id } = await signedIn();
      const at = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
      const names = ['request_uri', 'jwks_uri', 'sector_identifier_uri', 'client_uri', 'logo_uri'];
      const { url } = await as.authorizationUrl(config);
      for (const name of names) {
        const query = new URLSearchParams(url.searchParams);
        query.set(name, `${at}/${name}`);
        const answer = await fetch(`${as.url}/oauth/authorize?${query.toString()}`, {
          headers: { cookie },
          redirect: 'manual',
        });
        const location = answer.headers.get('location') ?? '';
        if (name === 'request_uri') expect(location).toContain('error=request_uri_not_supported');
        await fetch(`${as.url}/oauth/par`, {
          method: 'POST',
          body: query,
          headers: { authorization: endpoint.authorization ?? '' },
        });
      }
      const told = { client_id: id, iss: id, aud: as.origin, ...Object.fromEntries(url.searchParams) };
      const secret = new TextEncoder().encode('a secret of 32 bytes, which is made up');
      const header = { alg: 'HS256', jku: `${at}/jku`, x5u: `${at}/x5u` };
      const objects = [
        new UnsecuredJWT({ ...told, redirect_uri: 'https://evil.example/' }).encode(),
        await new SignJWT(told).setProtectedHeader(header).sign(secret),
      ];
      for (const request of objects) {
        const query = new URLSearchParams({ client_id: id, response_type: 'code', scope: 'openid', request });
        const answer = await fetch(`${as.url}/oauth/authorize?${query.toString()}`, {
          headers: { cookie },
          redirect: 'manual',
        });
        const location = new URL(answer.headers.get('location') ?? 'none:');
        expect([location.host, location.searchParams.get('error')]).toEqual([
          '127.0.0.1',
          'request_not_supported',
        ]);
      }
      const assertion = await new SignJWT({ iss: id, sub: id, aud: as.origin })
        .setProtectedHeader(header)
        .sign(secret);
      await new TokenEndpoint(as.url).ask({
        grant_type: 'client_credentials',
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      expect(asked).toEqual([]);
    } finally {
      elsewhere.close();
    }
  });
});
