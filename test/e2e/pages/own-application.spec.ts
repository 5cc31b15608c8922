import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpConfig } from '../../../src/config/config.js';
import { LatchkeyModule } from '../../../src/latchkey.module.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { type ExtendedApp, startExtendedApp } from '../access/extended-app.js';
import { PageVisitor } from '../support/page-visitor.js';

describe.each(['Fastify', 'Express'] as const)(
  'The pages in an application of its own, on %s',
  (platform) => {
    let app: ExtendedApp;

    beforeAll(async () => {
      app = await startExtendedApp(platform, {
        latchkey: (config) =>
          LatchkeyModule.forRoot({ config, initialAdmin: false, pages: true, routes: { prefix: 'id' } }),
        configure: (nest) => nest.setGlobalPrefix('shop'),
      });
    });
    afterAll(() => app.close());

    it('are where mailed links lead, without its prefix, and ask the API below it', async () => {
      const visit = new PageVisitor(app.url, {}, app.app.get(HttpConfig).publicUrl);
      const email = uniqueEmail();
      await visit.open('/account/register');
      const page = await visit.submit('/account/register', { email, password: PASSWORD });
      expect([page.status, page.path]).toEqual([200, '/account']);
      expect(page.html).toContain(email);
      expect((await visit.submit('/account/profile', { name: 'Ada' })).html).toContain('value="Ada"');
      expect((await fetch(`${app.url}/shop/account`)).status).toBe(404);
    });

    it('are whole: styles, headers, and no address without a page', async () => {
      const visit = new PageVisitor(app.url, {}, app.app.get(HttpConfig).publicUrl);
      await visit.open('/account/register');
      await visit.submit('/account/register', { email: uniqueEmail(), password: PASSWORD });
      for (const path of [
        '/account',
        '/account/password',
        '/account/sessions',
        '/account/activity',
        '/account/data',
      ]) {
        const page = await visit.open(path);
        expect([page.status, page.path]).toEqual([200, path]);
        expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      }
      const { html } = await visit.open('/account');
      const assets = [...html.matchAll(/(?:href|src)="([^"]*\/account\/assets\/[^"]*)"/g)].map(
        ([, path]) => path,
      );
      const types = await Promise.all(
        assets.map(async (path) => (await fetch(app.url + path)).headers.get('content-type')),
      );
      expect(types).toContain('text/css; charset=utf-8');
      expect((await visit.open('/account/nonsense')).status).toBe(404);
    });

    it('go on with a session whose access token has expired', async () => {
      const visit = new PageVisitor(app.url, {}, app.app.get(HttpConfig).publicUrl);
      await visit.open('/account/register');
      await visit.submit('/account/register', { email: uniqueEmail(), password: PASSWORD });
      visit.jar.keep(new Headers({ 'Set-Cookie': 'latchkey_access=; Max-Age=0; Path=/' }));
      expect((await visit.open('/account')).path).toBe('/account');
    });
  },
);
