import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startSite, type Site } from '../e2e/browser/site.js';
import { PASSWORD, uniqueEmail } from '../support/api-client.js';
import { launchChromium } from '../support/launch-chromium.js';
import { describeWithChromium } from '../support/services/available.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { bundle } from './bundle.js';
import { PATIENT } from './patient-page.js';

const MINUTE = 60_000;
const FOLDER = new URL('examples/', import.meta.url);

const examples = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'page.ts');

it.each(examples)('docs/client.md shows %s as it is compiled and run here', (name) => {
  const document = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');
  expect(document).toContain(`\`\`\`ts\n${readFileSync(new URL(name, FOLDER), 'utf8')}\`\`\``);
});

/** What an example makes of an answer, or of a failure. */
interface Outcome {
  readonly status?: number;
  readonly code?: string;
  readonly data?: { readonly email?: string };
}

/** In the page. */
declare const Examples: {
  readonly client: { login(credentials: object): Promise<unknown>; logout(): Promise<void> };
  readonly http: { get(path: string): Promise<Outcome>; patch(path: string, body: object): Promise<Outcome> };
  readonly intercept: () => () => void;
  readonly show: () => void;
};

describeWithChromium('The examples of docs/client.md', () => {
  let site: Site;
  let server: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let email: string;

  beforeAll(async () => {
    const { code } = bundle('examples/page.ts', 'Examples');
    site = await startSite(
      'localhost',
      `<!doctype html><title>App</title>${PATIENT}<body><script>${code}</script>`,
    );
    server = await startTestApp({ environment: { PUBLIC_URL: site.origin } });
    site.standBefore(server.url);
    browser = await launchChromium();
    context = await browser.newContext();
    email = uniqueEmail();
    await server.api.register({ email });
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await site.close();
  });

  const openTab = async () => {
    const tab = await context.newPage();
    await tab.goto(site.origin);
    return tab;
  };
  const logIn = (tab: Page) =>
    tab.evaluate((credentials) => Examples.client.login(credentials), { email, password: PASSWORD });
  const shown = (tab: Page, text: string) => tab.locator('main', { hasText: text }).waitFor();

  it('the hook shows who is signed in, in each tab, also after a reload', async () => {
    const [here, there] = [await openTab(), await openTab()];
    for (const tab of [here, there]) {
      await tab.evaluate(() => Examples.show());
      await shown(tab, 'Please log in');
    }
    await logIn(here);
    for (const tab of [here, there]) await shown(tab, `Welcome ${email}`);
    await there.reload();
    await there.evaluate(() => Examples.show());
    await shown(there, `Welcome ${email}`);
    await there.evaluate(() => Examples.client.logout());
    for (const tab of [here, there]) await shown(tab, 'Please log in');
  });

  it('Axios calls by way of the client, at expiry, too, and tells the codes of failures', async () => {
    const tab = await openTab();
    await logIn(tab);
    server.clock.advance(16 * MINUTE);
    site.exchanges.length = 0;
    const outcome = await tab.evaluate(async () => {
      const codeOf = (error: Outcome) => ({ code: error.code, status: error.status });
      const [found, changed] = await Promise.all([
        Examples.http.get('/api/profile'),
        Examples.http.patch('/api/profile', { name: 'Ada' }),
      ]);
      const refused = await Examples.http.get('/api/admin').then(() => ({}), codeOf);
      const foreign = await Examples.http.get('https://example.com/').then(() => ({}), codeOf);
      return [found.data?.email, changed.status, refused, foreign];
    });
    expect(outcome).toEqual([
      email,
      200,
      { code: 'INSUFFICIENT_ROLE', status: 403 },
      { code: 'FOREIGN_ORIGIN', status: undefined },
    ]);
    expect(site.exchanges.filter(({ asked }) => asked === 'POST /api/auth/refresh')).toHaveLength(1);
  });

  it('an intercepted fetch goes by way of the client to the server, and as it was to others', async () => {
    const tab = await openTab();
    await logIn(tab);
    await tab.route('https://elsewhere.example/', (route) =>
      route.fulfill({
        headers: { 'access-control-allow-origin': '*' },
        body: JSON.stringify(route.request().headers()),
      }),
    );
    server.clock.advance(16 * MINUTE);
    const outcome = await tab.evaluate(async () => {
      const release = Examples.intercept();
      const mine = await fetch('/api/profile');
      const json = { 'Content-Type': 'application/json' };
      const changed = await fetch('/api/profile', { method: 'PATCH', headers: json, body: '{"name":"Ada"}' });
      const others = await fetch('https://elsewhere.example/', { method: 'POST', body: 'x' });
      const headers = Object.keys((await others.json()) as object);
      release();
      const plain = await fetch('/api/profile', { method: 'PATCH', headers: json, body: '{"name":"Ada"}' });
      return { statuses: [mine.status, changed.status, plain.status], headers };
    });
    expect(outcome.statuses).toEqual([200, 200, 403]);
    expect(outcome.headers).not.toContain('x-csrf-token');
  });
});
