import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { launchChromium } from '../../support/launch-chromium.js';
import { describeWithChromium } from '../../support/services/available.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';

describeWithChromium('Swagger UI in a real browser', () => {
  let server: TestApp;
  let browser: Browser;
  let page: Page;
  /** As `PUBLIC_URL` has it. */
  let origin: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestApp();
    origin = server.url.replace('127.0.0.1', 'localhost');
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('loads under the security headers without a complaint, and shows the routes in a sensible order', async () => {
    await page.goto(`${origin}/docs`);
    await page.getByRole('link', { name: '/api/auth/register', exact: true }).waitFor();
    expect(
      await page.locator('.opblock-tag').evaluateAll((tags) => tags.map((tag) => tag.dataset['tag'])),
    ).toEqual(['Authentication', 'Account', 'Sessions', 'Administration', 'Discovery', 'Health']);
    await page.screenshot({ path: process.env['SWAGGER_SCREENSHOT'] ?? `${server.dataDir}/swagger-ui.png` });
    expect(complaints).toEqual([]);
  });

  it('signs in by code and PKCE in a window of its own, and calls the profile', async () => {
    const email = uniqueEmail();
    expect(await execute(page, 'Registration_register', { email, password: PASSWORD })).toMatchObject({
      status: 201,
      body: { user: { email } },
    });
    expect((await execute(page, 'Account_profile')).status).toBe(401);
    const asked: URL[] = [];
    page.context().on('request', (request) => asked.push(new URL(request.url())));
    const popup = await openSignIn(page);
    await popup.getByLabel('E-mail address').fill(email);
    await popup.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await popup.getByLabel('Password', { exact: true }).press('Enter');
    await page.locator('.modal-ux').getByText('Logout').first().waitFor();
    await page.locator('.modal-ux .close-modal').first().click();
    expect(await execute(page, 'Account_profile')).toMatchObject({ status: 200, body: { email } });

    const authorize = asked.find(({ pathname }) => pathname === '/oauth/authorize');
    expect(Object.fromEntries(authorize?.searchParams ?? [])).toMatchObject({
      response_type: 'code',
      client_id: 'latchkey-docs',
      redirect_uri: `${origin}/docs/oauth2-redirect.html`,
      code_challenge_method: 'S256',
    });
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
  });

  it('signs in at once who is signed in, and keeps the token nowhere beyond the page', async () => {
    await page.reload();
    await page.locator('.auth-wrapper .authorize.unlocked').waitFor();
    const answered = page.waitForResponse((response) => response.url().endsWith('/oauth/token'));
    await openSignIn(page);
    const tokens = (await (await answered).json()) as Record<string, unknown>;
    expect(tokens).toMatchObject({ access_token: expect.any(String) });
    expect(tokens).not.toHaveProperty('refresh_token');
    await page.locator('.modal-ux').getByText('Logout').first().waitFor();
    await page.locator('.modal-ux .close-modal').first().click();
    const called = page.waitForRequest((request) => request.url().endsWith('/api/profile'));
    expect((await execute(page, 'Account_profile')).status).toBe(200);
    expect((await called).headers()['authorization']).toBe(`Bearer ${String(tokens['access_token'])}`);
    const kept = '[...Object.values(localStorage), ...Object.values(sessionStorage)].join()';
    expect(await page.evaluate(kept)).not.toContain(tokens['access_token']);
  });

  it.each(['http://localhost:1/docs/oauth2-redirect.html', 'http://127.0.0.1:1/', 'https://evil.example/'])(
    'its codes go to no other address: %s',
    async (redirect) => {
      const query = new URLSearchParams({
        client_id: 'latchkey-docs',
        redirect_uri: redirect,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
      const answer = await fetch(`${server.url}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: 'invalid_redirect_uri' });
    },
  );
});

/** Opens the dialog, and asks to sign in. @returns the window that opens */
async function openSignIn(page: Page): Promise<Page> {
  await page.locator('.auth-wrapper .authorize').click();
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
  return opened;
}

interface Executed {
  status: number;
  body: Record<string, unknown>;
}

/** Opens an operation, fills its body, presses Execute, and reads the answer that the page shows. */
async function execute(page: Page, operationId: string, json?: object): Promise<Executed> {
  const operation = page.locator(`[id$="-${operationId}"]`);
  await operation.waitFor();
  if (!(await operation.locator('.execute').isVisible()))
    await operation.locator('.opblock-summary-control').click();
  if (json) await operation.locator('textarea.body-param__text').fill(JSON.stringify(json));
  const answered = page.waitForResponse((response) => response.request().resourceType() === 'fetch');
  await operation.locator('.execute').click();
  const response = await answered;
  const body = (await response.json()) as Record<string, unknown>;
  // Until the page shows this answer: before, it may still show the one before.
  const shown = operation.locator('.live-responses-table');
  await shown
    .locator('.response-col_status', { hasText: String(response.status()) })
    .first()
    .waitFor();
  await shown
    .locator('.response-col_description', {
      hasText: String(body['email'] ?? body['tokenType'] ?? body['code']),
    })
    .first()
    .waitFor();
  return { status: response.status(), body };
}
