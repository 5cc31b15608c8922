import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { describeWithChromium } from '../../support/services/available.js';
import { PageBrowser } from '../support/page-browser.js';
import { eventually } from '../support/eventually.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { BrowserClient } from './browser-client.js';

describeWithChromium('oidc-client-ts in Chromium', () => {
  let as: TestAuthorizationServer;
  let client: BrowserClient;
  let browser: PageBrowser;

  beforeAll(async () => {
    [as, client, browser] = await Promise.all([
      TestAuthorizationServer.start(),
      BrowserClient.start(),
      PageBrowser.launch(),
    ]);
    const { client: made } = await as.newClient({
      type: 'public',
      firstParty: false,
      redirectUris: [`${client.origin}/callback`],
      postLogoutRedirectUris: [`${client.origin}/signed-out`],
      origins: [client.origin],
    });
    client.settings = { issuer: as.origin, id: made.id };
  });

  afterAll(async () => {
    await browser.close();
    client.close();
    await as.close();
  });

  it('signs in, is allowed again by who is signed in, renews by its refresh token, and signs out', async () => {
    const email = uniqueEmail();
    await as.server.api.register({ email });
    const { page } = await browser.open();
    const state = page.locator('p').first();
    const said = async (start: string) => {
      await page.getByText(new RegExp(`^${start}`)).waitFor();
      return state.textContent();
    };
    const allow = () => page.getByRole('button', { name: 'Allow', exact: true }).click();

    await page.goto(client.origin);
    await page.click('#in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await allow();
    const first = await said(`Signed in as ${email}`);

    // Another site led to the consent of who is signed in already.
    await page.goto(client.origin);
    await said('Signed in');
    await page.click('#in');
    await allow();
    const second = await said(`Signed in as ${email}`);
    expect(second).not.toBe(first);

    await page.click('#renew');
    await eventually(async () => expect(await state.textContent()).not.toBe(second));
    const renewed = await said(`Signed in as ${email}`);
    expect(renewed).not.toBe(second);

    await page.click('#out');
    await said('Signed out');
    expect(new URL(page.url()).pathname).toBe('/signed-out');
    await page.goto(`${as.origin}/account`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});
