import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { LatchkeyClient } from '../../src/client/index.js';
import { type Site, startSite } from '../e2e/browser/site.js';
import { PASSWORD, uniqueEmail } from '../support/api-client.js';
import { launchChromium } from '../support/launch-chromium.js';
import { describeWithChromium } from '../support/services/available.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { bundle } from './bundle.js';
import { PATIENT } from './patient-page.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const REFRESH = 'POST /api/auth/refresh';

/** In the page. */
declare const client: LatchkeyClient;
declare const told: (string | null)[];
declare const next: (count: number) => Promise<void>;

/** Makes a client, and keeps what it is told. */
const page = (script: string) => `<!doctype html><title>App</title>${PATIENT}
<script>${script}</script>
<script>
  const mode = new URLSearchParams(location.search).get('mode') ?? 'cookie';
  const client = Latchkey.createLatchkeyClient({ baseUrl: '/', mode });
  const told = [];
  const waiting = [];
  client.onChange((user) => {
    told.push(user && user.email);
    for (const check of waiting) check();
  });
  const next = (count) => new Promise((resolve) => {
    const check = () => told.length >= count && resolve();
    waiting.push(check);
    check();
  });
</script>`;

describeWithChromium('latchkey/client in a real browser', () => {
  let site: Site;
  let server: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let email: string;

  beforeAll(async () => {
    site = await startSite('localhost', page(bundle('../../src/client/index.ts', 'Latchkey').code));
    server = await startTestApp({ environment: { PUBLIC_URL: site.origin } });
    site.standBefore(server.url);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await site.close();
  });

  beforeEach(async () => {
    context = await browser.newContext();
    email = uniqueEmail();
    await server.api.register({ email });
  });

  afterEach(async () => {
    await context.close();
  });

  const openTab = async (mode = 'cookie') => {
    const tab = await context.newPage();
    await tab.goto(`${site.origin}/?mode=${mode}`);
    return tab;
  };
  const logIn = (tab: Page, as = email) =>
    tab.evaluate((credentials) => client.login(credentials), { email: as, password: PASSWORD });
  const restore = (tab: Page) => tab.evaluate(async () => (await client.restore())?.email ?? null);
  /** As many at once; their statuses, or the codes of their failures. */
  const call = (tab: Page, count: number) =>
    tab.evaluate(async (times) => {
      const one = () =>
        client.fetch('/api/profile').then(
          ({ status }) => status,
          (error: { code: string }) => error.code,
        );
      return Promise.all(Array.from({ length: times }, one));
    }, count);
  const userOf = (tab: Page) => tab.evaluate(() => client.user && client.user.email);
  const refreshes = () => site.exchanges.filter(({ asked }) => asked === REFRESH);
  const all = (count: number, status: number | string) => Array.from({ length: count }, () => status);

  /** Two tabs that know who is signed in. */
  const openTwo = async () => {
    const tabs = [await openTab(), await openTab()] as const;
    await logIn(tabs[0]);
    await restore(tabs[1]);
    site.exchanges.length = 0;
    return tabs;
  };

  /** No refresh is let through before so many requests have been refused, in whichever tab. */
  const holdRefreshUntilRefused = async (count: number) => {
    let refused = 0;
    let pass: () => void = () => {};
    const enough = new Promise<void>((resolve) => (pass = resolve));
    context.on('response', (response) => {
      if (response.status() === 401 && ++refused === count) pass();
    });
    await context.route('**/api/auth/refresh', async (route) => {
      await enough;
      await route.continue();
    });
  };

  it.each([
    ['when the token has expired', async () => {}],
    [
      'when the browser has dropped its cookie',
      async () => context.clearCookies({ name: 'latchkey_access' }),
    ],
    [
      'when no tab hears of another in time',
      async ([here, there]: readonly Page[]) => {
        await here?.evaluate('BroadcastChannel.prototype.postMessage = () => {}');
        await there?.evaluate('BroadcastChannel.prototype.postMessage = () => {}');
      },
    ],
  ])('two tabs, twenty requests %s: one refresh, none failed', async (_when, expire) => {
    const tabs = await openTwo();
    server.clock.advance(16 * MINUTE);
    await expire(tabs);
    await holdRefreshUntilRefused(20);
    const answers = await Promise.all(tabs.map((tab) => call(tab, 10)));
    expect(answers.flat()).toEqual(all(20, 200));
    expect(refreshes()).toHaveLength(1);
  });

  it('two tabs, twenty requests, time after time: one refresh each time, none failed', async () => {
    const tabs = await openTwo();
    for (let round = 1; round <= 5; round++) {
      server.clock.advance(16 * MINUTE);
      const answers = await Promise.all(tabs.map((tab) => call(tab, 10)));
      expect(answers.flat()).toEqual(all(20, 200));
      expect(refreshes()).toHaveLength(round);
    }
  });

  it('goes on in one tab when another is closed in the middle of its refresh', async () => {
    const [closed, left] = await openTwo();
    server.clock.advance(16 * MINUTE);
    const begun = new Promise<void>((resolve) => {
      // Never answered.
      void closed.route('**/api/auth/refresh', () => resolve());
    });
    const lost = call(closed, 1).catch(() => 'lost');
    await begun;
    const answers = call(left, 5);
    await closed.close();
    expect(await lost).toBe('lost');
    expect(await answers).toEqual(all(5, 200));
  });

  it('is still signed in after a reload, and no script can read a token', async () => {
    const tab = await openTab();
    await logIn(tab);
    await tab.reload();
    expect(await userOf(tab)).toBeUndefined();
    expect(await restore(tab)).toBe(email);
    const readable = await tab.evaluate('[document.cookie, localStorage.length, sessionStorage.length]');
    expect(readable).toEqual([expect.stringMatching(/^latchkey_csrf=[\w.-]+$/), 0, 0]);
  });

  it('a logout in one tab is felt in the other, and a login, too', async () => {
    const [here, there] = await openTwo();
    await here.evaluate(() => client.logout());
    await there.evaluate(() => next(2));
    expect(await there.evaluate(() => told)).toEqual([email, null]);
    expect(await call(there, 3)).toEqual(all(3, 401));
    expect(refreshes()).toEqual([]);
    const other = uniqueEmail();
    await server.api.register({ email: other });
    await logIn(there, other);
    await here.evaluate(() => next(3));
    expect(await here.evaluate(() => told)).toEqual([email, null, other]);
    // With the CSRF token of the session that the other tab has opened.
    const patched = await here.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ name: 'Ada' });
      return (await client.fetch('/api/profile', { method: 'PATCH', headers, body })).status;
    });
    expect(patched).toBe(200);
  });

  it('offline, no user is logged out; back again, the session goes on', async () => {
    const [tab] = await openTwo();
    server.clock.advance(16 * MINUTE);
    await context.setOffline(true);
    expect(await call(tab, 3)).toEqual(all(3, 'NETWORK_ERROR'));
    const refused = tab.evaluate(() => client.logout().catch((error: { code: string }) => error.code));
    expect(await refused).toBe('NETWORK_ERROR');
    await context.setOffline(false);
    // Offline between request and refresh.
    await tab.route('**/api/auth/refresh', (route) => route.abort('internetdisconnected'));
    expect(await call(tab, 3)).toEqual(all(3, 'NETWORK_ERROR'));
    expect(await userOf(tab)).toBe(email);
    await tab.unroute('**/api/auth/refresh');
    expect(await call(tab, 3)).toEqual(all(3, 200));
    expect(refreshes()).toHaveLength(1);
  });

  it.each([
    ['a day', DAY, 200, 1],
    ['longer than the session', 8 * DAY, 401, 1],
  ])('a tab that has slept %s finds out by one refresh', async (_how, slept, status, count) => {
    const tab = await openTab();
    await tab.clock.install();
    await logIn(tab);
    site.exchanges.length = 0;
    await tab.clock.fastForward(slept);
    server.clock.advance(slept);
    expect(await call(tab, 5)).toEqual(all(5, status));
    expect(refreshes()).toHaveLength(count);
    expect(await userOf(tab)).toBe(status === 200 ? email : null);
  });

  it('in bearer mode each tab has its own session, and a logout is one of all tabs of that user', async () => {
    const [here, there, others] = [await openTab('bearer'), await openTab('bearer'), await openTab('bearer')];
    const other = uniqueEmail();
    await server.api.register({ email: other });
    await logIn(here);
    expect(await userOf(there)).toBeNull();
    await logIn(there);
    await logIn(others, other);
    server.clock.advance(16 * MINUTE);
    const answers = await Promise.all([call(here, 10), call(there, 10)]);
    expect(answers.flat()).toEqual(all(20, 200));
    await here.evaluate(() => client.logout());
    await there.evaluate(() => next(2));
    expect([await userOf(there), await userOf(others)]).toEqual([null, other]);
    expect(await call(others, 1)).toEqual([200]);
    expect(await here.evaluate('[document.cookie.includes("access"), localStorage.length]')).toEqual([
      false,
      0,
    ]);
  });

  it('without Web Locks and BroadcastChannel none fails either, and a logout is felt', async () => {
    const without = (of: string, name: string) =>
      `Object.defineProperty(${of}, '${name}', { value: undefined });`;
    const content = without('navigator', 'locks') + without('globalThis', 'BroadcastChannel');
    await context.addInitScript({ content });
    const [here, there] = await openTwo();
    for (let round = 0; round < 3; round++) {
      server.clock.advance(16 * MINUTE);
      const answers = await Promise.all([call(here, 10), call(there, 10)]);
      expect(answers.flat()).toEqual(all(20, 200));
    }
    await here.evaluate(() => client.logout());
    await there.evaluate(() => next(2));
    expect(await there.evaluate(() => told)).toEqual([email, null]);
    const left = await here.evaluate('Object.keys(localStorage)');
    expect(left).toEqual(['latchkey cookie / done']);
  });
});
