import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { readOutbox } from '../../support/read-outbox.js';
import { describeWithChromium } from '../../support/services/available.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';
import { findingsOf, NARROW, PageBrowser, WIDE } from '../support/page-browser.js';

const ANOTHER = 'another horse battery staple';

/** Leads on who is signed in. */
const SIGN_IN = '/account/sign-in';
const FOR_ANYONE = [
  '/account/register',
  '/account/forgot-password',
  '/reset-password',
  '/verify-email',
  '/confirm-email',
  '/confirm-registration',
  '/accept-invitation',
];
const FOR_USERS = [
  '/account',
  '/account/password',
  '/account/sessions',
  '/account/activity',
  '/account/data',
];

describeWithChromium('The pages in a real browser', () => {
  let store: TestStore;
  let server: LatchkeyProcess;
  let browser: PageBrowser;
  let origin: string;

  beforeAll(async () => {
    store = await createTestStore({ environment: { LOGIN_RATE_LIMIT: '1000/1m' } });
    server = await LatchkeyProcess.start(store.environment);
    origin = server.url.replace('127.0.0.1', 'localhost');
    browser = await PageBrowser.launch();
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
    await store.remove();
  });

  const open = (options: Parameters<PageBrowser['open']>[0] = {}) => browser.open(options);

  async function register(page: Page): Promise<string> {
    const email = uniqueEmail();
    await page.goto(`${origin}/account/register`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL(`${origin}/account`);
    return email;
  }

  it.each([
    ['light', WIDE],
    ['light', NARROW],
    ['dark', WIDE],
    ['dark', NARROW],
  ] as const)('are accessible in the %s theme, and fit: %j', async (colorScheme, viewport) => {
    const { context, page, complaints } = await open({ colorScheme, viewport });
    await register(page);
    for (const path of [...FOR_USERS, ...FOR_ANYONE, SIGN_IN]) {
      if (path === SIGN_IN) await context.clearCookies();
      await page.goto(origin + path);
      expect([path, await findingsOf(page)]).toEqual([path, []]);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, tooWide]).toEqual([path, 0]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('fit where text is twice as large, on a narrow screen', async () => {
    const { context, page } = await open({ viewport: NARROW });
    await register(page);
    const session = await context.newCDPSession(page);
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
    for (const path of [...FOR_USERS, ...FOR_ANYONE, SIGN_IN]) {
      if (path === SIGN_IN) await context.clearCookies();
      await page.goto(origin + path);
      const size = await page.evaluate('getComputedStyle(document.documentElement).fontSize');
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, size, tooWide]).toEqual([path, '32px', 0]);
    }
    await context.close();
  });

  it('are accessible where a form was refused, which has the focus where it is wrong', async () => {
    const { context, page } = await open();
    await page.goto(`${origin}/account/register`);
    await page.getByLabel('E-mail address').fill(uniqueEmail());
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await findingsOf(page)).toEqual([]);
    expect(await page.evaluate('document.activeElement.name')).toBe('password');
    await context.close();
  });

  it('sign in by the keyboard alone', async () => {
    const { context, page } = await open();
    const email = await register(page);
    await page.context().clearCookies();
    await page.goto(`${origin}/account`);
    // Skip link, name of the service, address, password.
    for (let count = 0; count < 3; count++) await page.keyboard.press('Tab');
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/account`);
    expect(await page.textContent('main')).toContain(email);
    await context.close();
  });

  it.each([true, false])('set a password by the mailed link, with scripts: %s', async (javaScriptEnabled) => {
    const { context, page } = await open({ javaScriptEnabled });
    const email = await register(page);
    await page.goto(`${origin}/account/forgot-password`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button').filter({ hasText: 'Mail me a link' }).click();
    await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();
    const [mail] = await readOutbox(store.dataDir, { to: email, template: 'password-reset', atLeast: 1 });
    await page.goto(mail?.link ?? '');
    if (javaScriptEnabled) {
      // Out of the address, and of the history.
      await page.waitForURL(`${origin}/reset-password`);
      expect(await page.getByLabel('Code from the link').isVisible()).toBe(false);
    } else await page.getByLabel('Code from the link').fill(mail?.token ?? '');
    await page.getByLabel('New password').fill(ANOTHER);
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.waitForURL(`${origin}/account/sign-in?note=reset`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(ANOTHER);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${origin}/account`);
    await context.close();
  });

  it('say where they work to who opens them elsewhere, before a form is filled in', async () => {
    const { context, page } = await open({ viewport: NARROW });
    const notice = page.locator('#elsewhere');
    await page.goto(server.url.replace('localhost', '127.0.0.1') + SIGN_IN);
    await notice.waitFor();
    expect(await notice.getByRole('link').getAttribute('href')).toBe(`${origin}/account`);
    expect(await findingsOf(page)).toEqual([]);
    await page.goto(origin + SIGN_IN);
    await page.getByRole('button', { name: 'Show password' }).waitFor();
    expect(await notice.isVisible()).toBe(false);
    await context.close();
  });

  it('show a password, and hide it before it is sent', async () => {
    const { context, page } = await open();
    await page.goto(`${origin}/account/sign-in`);
    const password = page.getByLabel('Password', { exact: true });
    await password.fill(PASSWORD);
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    expect(await password.getAttribute('type')).toBe('password');
    await context.close();
  });

  it('sign out', async () => {
    const { context, page } = await open();
    await register(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${origin}/account/sign-in`);
    await page.goto(`${origin}/account`);
    await page.waitForURL(/sign-in/);
    expect(await context.cookies()).not.toContainEqual(expect.objectContaining({ name: 'latchkey_access' }));
    await context.close();
  });
});
