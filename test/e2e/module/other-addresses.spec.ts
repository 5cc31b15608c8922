import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VersioningType } from '@nestjs/common';
import { createLatchkeyClient } from '../../../src/client/index.js';
import { HttpConfig } from '../../../src/config/config.js';
import { LatchkeyModule } from '../../../src/latchkey.module.js';
import { browserFetch } from '../../client/browser-fetch.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CookieJar } from '../../support/cookie-jar.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';

const API = '/shop/id';

describe.each<Platform>(['Fastify', 'Express'])(
  'Below a global prefix and a prefix of its own, with versions, on %s',
  (platform) => {
    let app: ExtendedApp;

    beforeAll(async () => {
      app = await startExtendedApp(platform, {
        latchkey: (config) =>
          LatchkeyModule.forRoot({ config, initialAdmin: false, routes: { prefix: 'id' } }),
        configure: (nest) => {
          nest.setGlobalPrefix('shop');
          nest.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
        },
      });
    });
    afterAll(() => app.close());

    const origin = () => app.app.get(HttpConfig).publicUrl;
    const post = (path: string, body: object, headers: Record<string, string> = {}) =>
      fetch(app.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: origin(), ...headers },
        body: JSON.stringify(body),
      });
    const register = (headers = {}) =>
      post(`${API}/auth/register`, { email: uniqueEmail(), password: PASSWORD }, headers);

    it('well-known addresses stay where the issuer says', async () => {
      const { status, body } = await app.call('GET', '/.well-known/oauth-authorization-server');
      expect(status).toBe(200);
      const { jwks_uri: jwks, issuer } = body as unknown as Record<string, string>;
      expect(jwks).toBe(`${issuer}/.well-known/jwks.json`);
      expect((await app.call('GET', '/.well-known/jwks.json')).status).toBe(200);
      expect((await fetch(`${app.url}/shop/.well-known/jwks.json`)).status).toBe(404);
    });

    it('the other routes are below both, and nowhere else', async () => {
      const registered = await register();
      expect(registered.status).toBe(201);
      const { accessToken: token } = (await registered.json()) as SignedIn;
      expect((await app.call('GET', `${API}/profile`, { token })).status).toBe(200);
      expect((await app.call('GET', `${API}/admin`, { token })).status).toBe(403);
      expect((await app.call('GET', '/shop/health/live')).status).toBe(200);
      for (const path of ['/api/profile', '/shop/api/profile', '/shop/v1/id/profile'])
        expect((await fetch(app.url + path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
          404,
        );
    });

    it('cookies reach the routes that read them', async () => {
      const registered = await register({ 'x-auth-mode': 'cookie' });
      const set = registered.headers.getSetCookie();
      const paths = Object.fromEntries(
        set.map((line) => [line.split('=', 1)[0], /; Path=([^;]+)/i.exec(line)?.[1]]),
      );
      expect(paths).toEqual({
        latchkey_access: '/',
        latchkey_refresh: `${API}/auth/refresh`,
        latchkey_csrf: '/',
        lk_device: `${API}/auth/login`,
      });
      const { csrfToken } = (await registered.json()) as { csrfToken: string };
      const cookie = set.map((line) => line.split(';', 1)[0]).join('; ');
      const headers = { cookie, 'x-auth-mode': 'cookie', 'x-csrf-token': csrfToken, origin: origin() };
      const refreshed = await fetch(`${app.url}${API}/auth/refresh`, { method: 'POST', headers });
      expect(refreshed.status).toBe(200);
    });

    it.each(['bearer', 'cookie'] as const)(
      'a client in %s mode that is told the prefix finds them',
      async (mode) => {
        const client = createLatchkeyClient({
          baseUrl: `${app.url}/shop`,
          prefix: 'id',
          mode,
          fetch: mode === 'cookie' ? browserFetch(new CookieJar(), origin()) : fetch,
        });
        const email = uniqueEmail();
        await client.register({ email, password: PASSWORD });
        expect(await client.restore()).toMatchObject({ email });
        app.clock.advance(16 * 60_000);
        expect((await client.fetch('/id/profile')).status).toBe(200);
        await client.logout();
        expect(await client.login({ email, password: PASSWORD })).toMatchObject({ email });
      },
    );

    it('pages lead to the next one', async () => {
      const { user, accessToken: token } = (await (await register()).json()) as SignedIn;
      await post(`${API}/auth/login`, { email: user.email, password: PASSWORD });
      const { headers } = await app.call('GET', `${API}/auth/sessions?limit=1`, { token });
      const [, next = ''] = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '') ?? [];
      expect(new URL(next, app.url).pathname).toBe(`${API}/auth/sessions`);
    });

    it('the OpenAPI document names them', async () => {
      const { paths } = (await (await fetch(`${app.url}/openapi.json`)).json()) as { paths: object };
      const names = Object.keys(paths);
      expect(names).toEqual(
        expect.arrayContaining(['/.well-known/jwks.json', '/shop/health/live', `${API}/auth/login`]),
      );
      expect(names.filter((name) => !/^\/(shop\/(id|health)|\.well-known)\//.test(name))).toEqual([]);
    });
  },
);
