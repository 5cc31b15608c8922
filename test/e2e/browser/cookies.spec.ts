import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { launchChromium } from '../../support/launch-chromium.js';
import { describeWithChromium } from '../../support/services/available.js';
import { findOnPath } from '../../support/services/find-on-path.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { type Certificate, type Site, startSite } from './site.js';

const openssl = findOnPath('openssl');

/** A page that keeps no secret: after a reload it finds the CSRF token in its cookie. */
const PAGE = `<!doctype html><title>App</title>
<form id="login"><input name="email"><input name="password" type="password"><button>Log in</button></form>
<p id="who"></p>
<script>
  const csrfToken = () => /latchkey_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
  async function api(method, path, json, headers = {}) {
    const response = await fetch('/api' + path, {
      method,
      headers: { 'x-csrf-token': csrfToken(), ...(json && { 'content-type': 'application/json' }), ...headers },
      body: json && JSON.stringify(json),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {}, text };
  }
  const cookieMode = { 'x-auth-mode': 'cookie' };
  async function show() {
    const { body } = await api('GET', '/profile');
    document.querySelector('#who').textContent = body.email ?? body.code;
  }
  document.querySelector('#login').addEventListener('submit', async (event) => {
    event.preventDefault();
    await api('POST', '/auth/login', Object.fromEntries(new FormData(event.target)), cookieMode);
    await show();
  });
  show();
</script>`;

const EVIL_PAGE = '<!doctype html><title>Win a prize</title>';

interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
}

/** Functions of the page. */
declare const api: (method: string, path: string, json?: object, headers?: object) => Promise<Answer>;

const submitFormTo = (url: string) => `{
  const form = Object.assign(document.createElement('form'), { method: 'POST', action: '${url}' });
  document.body.append(form);
  form.submit();
}`;

function makeCertificate(): Certificate {
  const directory = temporaryDirectory();
  const [key, cert] = [join(directory.path, 'key.pem'), join(directory.path, 'cert.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'];
  spawnSync(openssl?.openssl ?? '', [...kind, ...names, '-keyout', key, '-out', cert]);
  const certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  directory.remove();
  return certificate;
}

const SCHEMES = [
  { scheme: 'http', names: ['latchkey_access', 'latchkey_csrf', 'latchkey_refresh'] },
  {
    scheme: 'https',
    names: ['__Host-latchkey_access', '__Host-latchkey_csrf', '__Secure-latchkey_refresh'],
  },
].filter(({ scheme }) => scheme === 'http' || openssl);

describeWithChromium('cookies in a real browser', () => {
  describe.each(SCHEMES)('over $scheme', ({ scheme, names }) => {
    let site: Site;
    let server: TestApp;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let email: string;
    const strangers: Site[] = [];

    beforeAll(async () => {
      const certificate = scheme === 'https' ? makeCertificate() : undefined;
      site = await startSite('localhost', PAGE, certificate);
      server = await startTestApp({ environment: { PUBLIC_URL: site.origin } });
      site.standBefore(server.url);
      // A page of another site, and one of the same site but another origin, to which all cookies are sent.
      strangers.push(
        await startSite('127.0.0.1', EVIL_PAGE, certificate),
        await startSite('localhost', EVIL_PAGE, certificate),
      );
      browser = await launchChromium();
      context = await browser.newContext({ ignoreHTTPSErrors: true });
      page = await context.newPage();
      email = uniqueEmail();
      await server.api.register({ email });
    });

    afterAll(async () => {
      await browser.close();
      await server.close();
      for (const each of [site, ...strangers]) await each.close();
    });

    const until = (text: string) => page.locator('#who', { hasText: text }).waitFor();
    const call = (tab: Page, method: string, path: string, json?: object, headers?: object) =>
      tab.evaluate(([m, p, j, h]) => api(m, p, j, h), [method, path, json, headers] as const);
    const refresh = (tab: Page) => call(tab, 'POST', '/auth/refresh', undefined, { 'x-auth-mode': 'cookie' });
    const tokens = async () =>
      (await context.cookies([site.origin, `${site.origin}/api/auth/refresh`])).toSorted((a, b) =>
        a.name.localeCompare(b.name),
      );
    const nameOf = async () => (await call(page, 'GET', '/profile')).body['name'];

    it('logs in by a form, calls, and is still signed in after a reload', async () => {
      await page.goto(site.origin);
      await until('TOKEN_MISSING');
      await page.fill('[name=email]', email);
      await page.fill('[name=password]', PASSWORD);
      await page.click('button');
      await until(email);
      await page.reload();
      await until(email);
      expect(await call(page, 'PATCH', '/profile', { name: 'Ada' })).toMatchObject({
        status: 200,
        body: { name: 'Ada' },
      });
    });

    it('holds the tokens where no script can read them', async () => {
      const kept = await tokens();
      expect(kept.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
      for (const { name, httpOnly, secure } of kept) {
        expect([name, httpOnly, secure]).toEqual([name, !name.endsWith('csrf'), scheme === 'https']);
      }
      const readable = await page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]');
      expect(readable).toEqual([expect.stringMatching(/^(__Host-)?latchkey_csrf=[\w.-]+$/), 0, 0]);
      const { text } = await refresh(page);
      for (const { name, value } of await tokens()) {
        if (!name.endsWith('csrf')) expect(text).not.toContain(value);
      }
    });

    it('keeps two tabs signed in that refresh at once', async () => {
      const other = await context.newPage();
      await other.goto(site.origin);
      const before = (await tokens()).map(({ value }) => value);
      const answers = await Promise.all([refresh(page), refresh(other)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect((await tokens()).map(({ value }) => value)).not.toEqual(before);
      for (const tab of [page, other]) {
        expect((await call(tab, 'GET', '/profile')).status).toBe(200);
        expect((await refresh(tab)).status).toBe(200);
      }
      await other.close();
    });

    it.each([
      ['another site', 0, false],
      ['another origin of the same site', 1, true],
    ])('lets a page of %s change nothing', async (_from, index, cookiesAreSent) => {
      const evil = await context.newPage();
      const stranger = strangers[index]?.origin ?? '';
      const target = `${site.origin}/api`;
      await evil.goto(stranger);
      site.exchanges.length = 0;

      // What needs no preflight: a script's simple request, and a form.
      for (const path of ['/auth/logout', '/auth/logout-all', '/auth/refresh']) {
        // That its answer cannot be read is an error to the script; that it is sent is what matters here.
        await evil.evaluate(
          (url) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' }).catch(() => {}),
          target + path,
        );
        await evil.goto(stranger);
        const landed = evil.waitForURL(target + path);
        await evil.evaluate(submitFormTo(target + path));
        await landed;
        await evil.goto(stranger);
      }
      const refused = site.exchanges.splice(0);
      expect(refused.filter(({ asked }) => asked.startsWith('POST'))).toHaveLength(6);
      const logouts = refused.filter(({ asked }) => asked.includes('logout'));
      // By script, then by form, whose media type is refused before anything else.
      const script = [cookiesAreSent, cookiesAreSent ? 403 : 401];
      const form = [cookiesAreSent, 415];
      const answers = logouts.map(({ withCookies, status }) => [withCookies, status]);
      expect(answers).toEqual([script, form, script, form]);
      expect(refused.filter(({ status }) => status < 400)).toEqual([]);

      // What needs one is not even sent.
      const failures = await evil.evaluate(
        async ([url, credentials]) => {
          const tries: [string, RequestInit][] = [
            ['/profile', { method: 'PATCH', body: '{"name":"Mallory"}' }],
            ['/auth/logout', { method: 'POST', headers: { 'x-csrf-token': 'x' } }],
            ['/auth/refresh', { method: 'POST', headers: { 'x-auth-mode': 'cookie' } }],
            ['/auth/login', { method: 'POST', headers: { 'x-auth-mode': 'cookie' }, body: credentials }],
            ['/profile', { method: 'GET' }],
            ['/auth/csrf', { method: 'GET' }],
          ];
          const settled = await Promise.allSettled(
            tries.map(([path, init]) => fetch(url + path, { ...init, credentials: 'include' })),
          );
          return settled.map(({ status }) => status);
        },
        [target, JSON.stringify({ email, password: PASSWORD })] as const,
      );
      expect(failures).toEqual(Array.from({ length: 6 }, () => 'rejected'));
      expect(site.exchanges.filter(({ asked }) => /^(POST|PATCH)/.test(asked))).toEqual([]);

      expect(await nameOf()).toBe('Ada');
      expect((await refresh(page)).status).toBe(200);
      await evil.close();
    });

    it('logs out: the browser has no cookie left, and their copies are worth nothing', async () => {
      const copies = await tokens();
      expect((await call(page, 'POST', '/auth/logout')).status).toBe(204);
      expect(await tokens()).toEqual([]);
      await page.reload();
      await until('TOKEN_MISSING');
      await context.addCookies(copies);
      await page.reload();
      await until('TOKEN_REVOKED');
      expect(await refresh(page)).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
      expect(await tokens()).toEqual([]);
    });
  });
});
