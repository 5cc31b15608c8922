import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { TestAuthorizationServer } from '../authorization-server.js';
import { signInBrowser } from '../signed-in-browser.js';

const REGISTERED = 'https://shop.example.com/callback';
const NATIVE = 'http://127.0.0.1/callback';

let as: TestAuthorizationServer;
let cookie: string;
let web: oidc.Configuration;
let native: oidc.Configuration;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { OAUTH_RATE_LIMIT: '100000/1m' } });
  ({ cookie } = await signInBrowser(as.url, as.origin));
  [web, native] = await Promise.all([
    as.client({ redirectUris: [REGISTERED] }),
    as.client({ type: 'public', redirectUris: [NATIVE] }),
  ]);
});

afterAll(() => as.close());

/** Where a browser is sent, by a header or a page. */
async function sentTo(config: oidc.Configuration, change: (query: URLSearchParams) => void) {
  const { url } = await as.authorizationUrl(config);
  change(url.searchParams);
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  const page = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    leads: answer.headers.get('refresh') ?? /<(form|script|meta|a)\b/i.exec(page)?.[0],
  };
}

const NOWHERE = { status: 400, location: null, leads: undefined };

/** What is tried to have a code sent elsewhere, or what a comparison that parses would let through (RFC 9700 section 4.1). */
const TRICKS = [
  // Another host that looks like it.
  'https://shop.example.com.evil.example/callback',
  'https://evilshop.example.com/callback',
  'https://evil.example/shop.example.com/callback',
  'https://evil.example/callback?https://shop.example.com/callback',
  'https://evil.example#https://shop.example.com/callback',
  'https://ѕhop.example.com/callback',
  'https://shop.example.com./callback',
  'https://SHOP.example.com/callback',
  '//shop.example.com/callback',
  // The host in what is not the host.
  'https://shop.example.com@evil.example/callback',
  'https://shop.example.com:x@evil.example/callback',
  'https://user@shop.example.com/callback',
  'https://evil.example\\@shop.example.com/callback',
  'https://shop.example.com%2f@evil.example/callback',
  'https://shop.example.com\\.evil.example/callback',
  // Another path.
  'https://shop.example.com/',
  'https://shop.example.com/callback/',
  'https://shop.example.com/callbacks',
  'https://shop.example.com/callback/more',
  'https://shop.example.com/callback/../open?to=https://evil.example',
  'https://shop.example.com/open/../callback',
  'https://shop.example.com/callback/%2e%2e/open',
  'https://shop.example.com/callback%2f..%2fopen',
  'https://shop.example.com/./callback',
  'https://shop.example.com//callback',
  'https://shop.example.com/Callback',
  'https://shop.example.com/%63allback',
  'https://shop.example.com/callback;a=b',
  'https://shop.example.com/callback%00',
  'https://shop.example.com/callback%0d%0aLocation:%20https://evil.example',
  'https://shop.example.com/callback\r\nLocation: https://evil.example',
  // More than it.
  'https://shop.example.com/callback?next=https://evil.example',
  'https://shop.example.com/callback?',
  'https://shop.example.com/callback#',
  'https://shop.example.com/callback#next',
  ' https://shop.example.com/callback',
  'https://shop.example.com/callback ',
  'https://shop.example.com/callback\t',
  'https://shop.example.com/callback,https://evil.example',
  // Another port or scheme.
  'https://shop.example.com:443/callback',
  'https://shop.example.com:8443/callback',
  'http://shop.example.com/callback',
  'HTTPS://shop.example.com/callback',
  'javascript:alert(1)//shop.example.com/callback',
  'data:text/html,shop.example.com/callback',
  // No address, and patterns.
  'callback',
  '/callback',
  'https://*.example.com/callback',
  'https://shop.example.com/*',
];

describe('A redirect URI that is not to the letter the client’s', () => {
  it.each(TRICKS)('sends the browser nowhere: %j', async (tricky) => {
    expect(await sentTo(web, (query) => query.set('redirect_uri', tricky))).toEqual(NOWHERE);
  });

  it.each(TRICKS.slice(0, 12))('gets no answer of an error either: %j', async (tricky) => {
    const wrong = await sentTo(web, (query) => {
      query.set('redirect_uri', tricky);
      query.set('prompt', 'none');
      query.set('response_type', 'token');
    });
    expect(wrong).toEqual(NOWHERE);
  });

  it('is refused when it is pushed ahead, too', async () => {
    const { url } = await as.authorizationUrl(web);
    for (const tricky of TRICKS) {
      url.searchParams.set('redirect_uri', tricky);
      await expect(oidc.buildAuthorizationUrlWithPAR(web, url.searchParams)).rejects.toMatchObject({
        status: 400,
        error: 'invalid_request',
      });
    }
  });

  it('gets no code beside the right one: at most that is told of it', async () => {
    const EVIL = 'https://evil.example/callback';
    for (const [first, second] of [
      [REGISTERED, EVIL],
      [EVIL, REGISTERED],
    ] as const) {
      const { location } = await sentTo(web, (query) => {
        query.set('redirect_uri', first);
        query.append('redirect_uri', second);
      });
      expect(location ?? REGISTERED).toMatch(/^https:\/\/shop\.example\.com\/callback/);
      expect(location ?? '').not.toContain('code=');
    }
  });

  it('is not taken from a list, or the Referer: where there is none, the only one is meant', async () => {
    const { url } = await as.authorizationUrl(web);
    url.searchParams.delete('redirect_uri');
    url.searchParams.append('redirect_uri[]', 'https://evil.example/callback');
    const headers = { cookie, referer: 'https://evil.example/callback' };
    const answer = await fetch(url, { headers, redirect: 'manual' });
    expect(answer.headers.get('location')).toMatch(/^https:\/\/shop\.example\.com\/callback\?code=/);
    const two = await as.client({ redirectUris: [REGISTERED, 'https://shop.example.com/other'] });
    expect(await sentTo(two, (query) => query.delete('redirect_uri'))).toEqual(NOWHERE);
  });

  it('is another client’s', async () => {
    const other = await as.client({ redirectUris: ['https://forum.example.com/callback'] });
    const asked = await sentTo(other, (query) => query.set('redirect_uri', REGISTERED));
    expect(asked).toEqual(NOWHERE);
  });

  it('does not keep the registered one from being used', async () => {
    const { location } = await sentTo(web, (query) => query.set('redirect_uri', REGISTERED));
    expect(location).toMatch(/^https:\/\/shop\.example\.com\/callback\?code=/);
  });
});

describe('A loopback address of a native application', () => {
  it.each([
    'http://localhost:49152/callback',
    'http://127.0.0.2:49152/callback',
    'http://0.0.0.0:49152/callback',
    'http://[::1]:49152/callback',
    'http://[::ffff:127.0.0.1]:49152/callback',
    'http://127.1:49152/callback',
    'http://2130706433:49152/callback',
    'http://0x7f.0.0.1:49152/callback',
    'http://127.0.0.1.evil.example:49152/callback',
    'http://127.0.0.1:49152@evil.example/callback',
    'http://user@127.0.0.1:49152/callback',
    'http://127.0.0.1:49152/callback/../open',
    'http://127.0.0.1:49152/open/../callback',
    'http://127.0.0.1:49152/callback?next=x',
    'http://127.0.0.1:49152/callback#next',
    'http://127.0.0.1:49152/CALLBACK',
    'http://127.0.0.1:99999/callback',
    'http://127.0.0.1:80:80/callback',
    'http://127.0.0.1:/callback/',
    'https://127.0.0.1:49152/callback',
  ])('is free in its port and in nothing else: %j', async (tricky) => {
    expect(await sentTo(native, (query) => query.set('redirect_uri', tricky))).toEqual(NOWHERE);
  });

  it('keeps its port in the exchange of the code', async () => {
    const { location, checks } = await as.authorize(native, cookie, {
      redirect_uri: 'http://127.0.0.1:49152/callback',
    });
    location.port = '49153';
    await expect(oidc.authorizationCodeGrant(native, location, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});
