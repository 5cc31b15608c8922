import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { describeWithChromium } from '../../support/services/available.js';
import { PageBrowser } from '../support/page-browser.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

describeWithChromium('The answer to response_mode=form_post, in Chromium', () => {
  let as: TestAuthorizationServer;
  let browser: PageBrowser;
  let client: Server;
  let callback: string;

  beforeAll(async () => {
    [as, browser] = await Promise.all([TestAuthorizationServer.start(), PageBrowser.launch()]);
    client = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/plain');
      void text(request).then((body) => response.end(`${request.method} ${body}`));
    });
    client.listen(0, '127.0.0.1');
    await once(client, 'listening');
    callback = `http://127.0.0.1:${(client.address() as AddressInfo).port}/callback`;
  });
  afterAll(async () => {
    await browser?.close();
    client?.close();
    client?.closeAllConnections();
    await as?.close();
  });

  it('is sent to the client by itself, with a code that is good', async () => {
    const config = await as.client({ redirectUris: [callback] });
    const { cookie } = await signInBrowser(as.url, as.origin);
    const { url, checks } = await as.authorizationUrl(config, {
      redirect_uri: callback,
      response_mode: 'form_post',
    });
    const { context, page, complaints } = await browser.open();
    await context.addCookies(
      cookie.split('; ').map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return { name, value: value.join('='), url: as.origin };
      }),
    );
    await page.goto(url.href);
    await page.waitForURL(callback);
    const [method, body = ''] = (await page.locator('body').innerText()).split(' ');
    expect([method, complaints]).toEqual(['POST', []]);
    const request = new Request(callback, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body,
    });
    const tokens = await oidc.authorizationCodeGrant(config, request, checks);
    expect(tokens.access_token).toBeTruthy();
  });
});
