import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PASSWORD } from '../../support/api-client.js';
import { describeWithChromium } from '../../support/services/available.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { findingsOf, NARROW, PageBrowser, WIDE } from '../support/page-browser.js';

const FIND = '/account/admin';

describeWithChromium('The pages of administration in a real browser', () => {
  let server: TestApp;
  let browser: PageBrowser;
  let origin: string;
  let admin: { email: string };
  let user: { id: string; email: string };

  beforeAll(async () => {
    server = await startTestApp({ environment: { LOGIN_RATE_LIMIT: '1000/1m' } });
    origin = server.url.replace('127.0.0.1', 'localhost');
    browser = await PageBrowser.launch();
    admin = (await server.api.register({ name: 'Grace Hopper' })).body.user;
    await server.app.get(UserAdministrationService).grantRole(admin.email, 'admin');
    user = (await server.api.register({ name: 'Ada Lovelace' })).body.user;
    await server.api.login(user.email);
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function signIn(page: Page): Promise<void> {
    await page.goto(`${origin}${FIND}`);
    await page.getByLabel('E-mail address').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(origin + FIND);
  }

  const paths = () => [
    FIND,
    `${FIND}?search=nothing-like-it`,
    `${FIND}/users/${user.id}`,
    `${FIND}/users/${user.id}/delete`,
    `${FIND}/keys`,
    `${FIND}/audit`,
    `${FIND}/invitations`,
  ];

  it.each([
    ['light', WIDE],
    ['light', NARROW],
    ['dark', WIDE],
    ['dark', NARROW],
  ] as const)('are accessible in the %s theme, and fit: %j', async (colorScheme, viewport) => {
    const { context, page, complaints } = await browser.open({ colorScheme, viewport });
    await signIn(page);
    for (const path of paths()) {
      await page.goto(origin + path);
      // Words that no language file has.
      expect(await page.textContent('body')).not.toMatch(/\badmin\.[a-z]/);
      expect([path, await findingsOf(page)]).toEqual([path, []]);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, tooWide]).toEqual([path, 0]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('fit where text is twice as large, on a narrow screen', async () => {
    const { context, page } = await browser.open({ viewport: NARROW });
    await signIn(page);
    const session = await context.newCDPSession(page);
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
    for (const path of paths()) {
      await page.goto(origin + path);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, tooWide]).toEqual([path, 0]);
    }
    await context.close();
  });

  it('are accessible where a change was refused', async () => {
    const { context, page } = await browser.open();
    await signIn(page);
    await page.goto(`${origin}${FIND}/invitations`);
    await page.getByLabel('E-mail address').fill('ada@localhost');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await context.close();
  });

  it('find a user and end their session by the keyboard alone', async () => {
    await server.api.login(user.email);
    const { context, page } = await browser.open();
    await signIn(page);
    await page.getByLabel('Name or address').focus();
    await page.keyboard.type(user.email);
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: user.email });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}${FIND}/users/${user.id}`);
    await page.getByRole('button', { name: 'End all sessions' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
    expect(await page.textContent('main')).toContain('Signed in nowhere.');
    await context.close();
  });

  it('are a table to those who do not see it, on a narrow screen, too', async () => {
    const { context, page } = await browser.open({ viewport: NARROW });
    await signIn(page);
    await page.goto(`${origin}${FIND}?search=${encodeURIComponent(user.email)}`);
    const row = page.getByRole('table', { name: 'Users' }).getByRole('row').nth(1);
    expect(await row.getByRole('cell').nth(1).textContent()).toBe('Ada Lovelace');
    await context.close();
  });
});
