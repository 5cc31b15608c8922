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

    it('say in their own look that there is no such page, to browsers alone', async () => {
      const visit = new PageVisitor(app.url, { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      for (const path of ['/account/nope', '/account/admin/nope/nope?a=b']) {
        const page = await visit.open(path);
        expect([path, page.status, page.headers.get('content-type')]).toEqual([
          path,
          404,
          'text/html; charset=utf-8',
        ]);
        expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
        expect(page.html).toContain('<h1>There is no such page</h1>');
        expect(page.html).toContain('href="/account"');
      }
      for (const headers of [{}, { Accept: 'application/json' }, { Accept: '*/*' }] as const)
        await expectProblemAt('/account/nope', headers);
      await expectProblemAt('/shop/nope', { Accept: 'text/html' });
    });

    async function expectProblemAt(path: string, headers: Readonly<Record<string, string>>): Promise<void> {
      const answer = await fetch(app.url + path, { headers });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }

    it('go on with a session whose access token has expired', async () => {
      const visit = new PageVisitor(app.url, {}, app.app.get(HttpConfig).publicUrl);
      await visit.open('/account/register');
      await visit.submit('/account/register', { email: uniqueEmail(), password: PASSWORD });
      visit.jar.keep(new Headers({ 'Set-Cookie': 'latchkey_access=; Max-Age=0; Path=/' }));
      expect((await visit.open('/account')).path).toBe('/account');
    });
  },
);
