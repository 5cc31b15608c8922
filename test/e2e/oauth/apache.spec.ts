import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CookieJar } from '../../support/cookie-jar.js';
import { apache, describeWithApache } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { eventually } from '../support/eventually.js';
import { addressesOf, type Apache, startApache } from './apache.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { signInBrowser } from './signed-in-browser.js';

describeWithApache('Apache with mod_auth_openidc', () => {
  let as: TestAuthorizationServer;
  let server: Apache;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start();
    const port = await freePort();
    const { callback, backchannel } = addressesOf(port);
    const { client, secret = '' } = await as.newClient({
      redirectUris: [callback],
      backchannelLogoutUri: backchannel,
    });
    server = await startApache(apache?.path ?? '', port, { issuer: as.origin, id: client.id, secret });
  });

  afterAll(async () => {
    await server?.stop();
    await as.close();
  });

  it('signs a user in, and signs them out by the back channel when their session here ends', async () => {
    const jar = new CookieJar(true);
    const ask = async (address: string) => {
      const { pathname, search } = new URL(address);
      const cookie = jar.headerFor(pathname);
      const headers = cookie === undefined ? {} : { cookie };
      const answer = await fetch(server.url + pathname + search, { headers, redirect: 'manual' });
      jar.keep(answer.headers);
      return {
        status: answer.status,
        location: answer.headers.get('location') ?? '',
        text: await answer.text(),
      };
    };
    const page = `${server.url}/private/page.txt`;
    const first = await ask(page);
    expect(first.location).toContain(`${as.origin}/oauth/authorize?`);
    const { cookie } = await signInBrowser(as.url, as.origin);
    const sent = await fetch(first.location, { headers: { cookie }, redirect: 'manual' });
    const back = await ask(sent.headers.get('location') ?? '');
    expect(back.location).toBe(page);
    expect(await ask(page)).toMatchObject({ status: 200, text: 'seen' });

    const csrf = /latchkey_csrf=([^;]+)/.exec(cookie)?.[1] ?? '';
    const headers = { cookie, 'X-CSRF-Token': csrf, Origin: as.origin, 'X-Auth-Mode': 'cookie' };
    await fetch(`${as.url}/api/auth/logout`, { method: 'POST', headers });
    await eventually(async () => {
      expect((await ask(page)).location).toContain(`${as.origin}/oauth/authorize?`);
    });
  });
});
