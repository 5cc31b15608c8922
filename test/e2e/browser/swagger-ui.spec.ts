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
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestApp();
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
    await page.goto(`${server.url}/docs`);
    await page.getByRole('link', { name: '/api/auth/register', exact: true }).waitFor();
    expect(
      await page.locator('.opblock-tag').evaluateAll((tags) => tags.map((tag) => tag.dataset['tag'])),
    ).toEqual(['Authentication', 'Account', 'Sessions', 'Administration', 'Discovery', 'Health']);
    await page.screenshot({ path: process.env['SWAGGER_SCREENSHOT'] ?? `${server.dataDir}/swagger-ui.png` });
    expect(complaints).toEqual([]);
  });

  it('registers, logs in, authorises and calls the profile, and keeps the token nowhere beyond the page', async () => {
    const email = uniqueEmail();
    expect(await execute(page, 'Registration_register', { email, password: PASSWORD })).toMatchObject({
      status: 201,
      body: { user: { email } },
    });
    const login = await execute(page, 'Login_logIn', { email, password: PASSWORD });
    expect(login).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });

    expect((await execute(page, 'Account_profile')).status).toBe(401);
    await page.locator('.auth-wrapper .authorize').click();
    await page
      .locator('.modal-ux input')
      .first()
      .fill(login.body['accessToken'] as string);
    await page.locator('.modal-ux .authorize').first().click();
    await page.locator('.modal-ux .close-modal').first().click();
    expect(await execute(page, 'Account_profile')).toMatchObject({ status: 200, body: { email } });

    const kept = '[...Object.values(localStorage), ...Object.values(sessionStorage)].join()';
    expect(await page.evaluate(kept)).not.toContain(login.body['accessToken']);
    await page.reload();
    expect((await execute(page, 'Account_profile')).status).toBe(401);
  });
});

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
