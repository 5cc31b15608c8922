import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import type { Platform } from '../access/extended-app.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

/** As browsers send it. */
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe.each<Platform>(['Fastify', 'Express'])('Where no client can be told, on %s', (platform) => {
  let as: TestAuthorizationServer;
  let shop: oidc.Configuration;

  beforeAll(async () => {
    as = await TestAuthorizationServer.startOn(platform, { oauth: true, pages: true });
    shop = await as.client();
  });

  afterAll(() => as.close());

  const ask = (url: URL | string, headers: Record<string, string>, method = 'GET') =>
    fetch(new URL(url, as.origin), { method, headers, redirect: 'manual' });
  const authorize = async (parameters: Record<string, string>) =>
    (await as.authorizationUrl(shop, parameters)).url;

  const errors: Record<string, { url: () => Promise<URL>; code: string; en: string; de: string }> = {
    'an unknown client': {
      url: () => authorize({ client_id: 'no-such-client' }),
      code: 'invalid_client',
      en: 'is not known here',
      de: 'ist hier nicht bekannt',
    },
    'an address that is not the client’s': {
      url: () => authorize({ redirect_uri: 'https://evil.example/callback' }),
      code: 'invalid_redirect_uri',
      en: 'an address that is not its own',
      de: 'die nicht ihre eigene ist',
    },
    'a request that is over': {
      url: () => Promise.resolve(new URL('/oauth/authorize/no-such-request', as.origin)),
      code: 'invalid_request',
      en: 'Its time is over',
      de: 'Ihre Zeit ist abgelaufen',
    },
    'a logout to an address that is not the client’s': {
      url: () => {
        const parameters = {
          client_id: shop.clientMetadata().client_id,
          post_logout_redirect_uri: 'https://evil.example',
        };
        return Promise.resolve(
          new URL(`/oauth/logout?${new URLSearchParams(parameters).toString()}`, as.origin),
        );
      },
      code: 'invalid_request',
      en: 'cannot be answered',
      de: 'nicht beantwortet werden kann',
    },
  };

  describe.each(Object.entries(errors))('%s', (_what, { url, code, ...sentences }) => {
    it.each(['en', 'de'] as const)(
      'is told to a person on a page, in %s, with its code',
      async (language) => {
        const answer = await ask(await url(), { accept: HTML, 'accept-language': language });
        const html = await answer.text();
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          400,
          'text/html; charset=utf-8',
        ]);
        expect(html).toContain(sentences[language]);
        expect(html).toContain(code);
        expect(html).not.toContain('evil.example');
        expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
        expect(answer.headers.get('cache-control')).toContain('no-store');
        expect(answer.headers.get('vary')).toMatch(/\bAccept\b(?!-)/);
      },
    );

    it.each(['*/*', 'application/json'])('is told to a program that accepts %s as JSON', async (accept) => {
      const answer = await ask(await url(), { accept });
      expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error: code })]);
    });
  });

  it('programs are told of errors as JSON, whatever they accept', async () => {
    const answer = await fetch(`${as.url}/oauth/token`, { method: 'POST', headers: { accept: HTML } });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_request' }),
    ]);
  });

  it('HEAD gives out no code, and begins no logout', async () => {
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { url } = await as.authorizationUrl(shop);
    expect((await ask(url, { cookie })).headers.get('location')).toContain('code=');
    const odd = new URL(url.href.replace('/oauth/authorize', '/oauth/Authorize/'));
    for (const address of [url, odd, new URL('/oauth/logout', as.origin)]) {
      const { status, headers } = await ask(address, { cookie }, 'HEAD');
      expect([status, headers.get('location'), headers.get('allow')]).toEqual([405, null, 'GET, POST']);
    }
    const resumed = await ask('/oauth/authorize/some-request', { cookie }, 'HEAD');
    expect([resumed.status, resumed.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each(['token', 'par', 'device_authorization', 'introspect', 'revoke'])(
    '/oauth/%s takes POST alone, and says so',
    async (name) => {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await ask(`/oauth/${name}`, {}, method);
        expect([answer.status, answer.headers.get('allow'), await answer.json()]).toEqual([
          405,
          'POST',
          { error: 'invalid_request', error_description: 'this address takes POST' },
        ]);
      }
    },
  );

  it.each(['register', 'nothing', 'token/more', 'authorize/a/b', 'jwks'])(
    '/oauth/%s is answered as every address at which there is nothing',
    async (name) => {
      const elsewhere = await ask('/api/nothing', {});
      const answer = await ask(`/oauth/${name}`, {});
      expect(answer.status).toBe(404);
      for (const header of ['content-type', 'cache-control'])
        expect(answer.headers.get(header)).toBe(elsewhere.headers.get(header));
      const problem = await elsewhere.json();
      expect(problem).toMatchObject({ code: 'NOT_FOUND' });
      expect(await answer.json()).toEqual(problem);
    },
  );
});
