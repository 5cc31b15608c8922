import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { LogoutTokens } from '../../../src/oauth/logout/logout-tokens.js';
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
  let id: string;
  let backchannel: string;

  beforeAll(async () => {
    as = await TestAuthorizationServer.start();
    const port = await freePort();
    const addresses = addressesOf(port);
    ({ backchannel } = addresses);
    const { client, secret = '' } = await as.newClient({
      redirectUris: [addresses.callback],
      backchannelLogoutUri: backchannel,
    });
    ({ id } = client);
    server = await startApache(apache?.path ?? '', port, { issuer: as.origin, id: client.id, secret });
  });

  afterAll(async () => {
    await server?.stop();
    await as.close();
  });

  it('signs a user in, and out by the back channel when their session here ends, and by no logout token that is forged', async () => {
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

    for (const logout_token of await forgedTokens(as, id, cookie)) {
      const answer = await fetch(backchannel, {
        method: 'POST',
        body: new URLSearchParams({ logout_token }),
      });
      expect([answer.status, (await ask(page)).text]).toEqual([400, 'seen']);
    }

    const csrf = /latchkey_csrf=([^;]+)/.exec(cookie)?.[1] ?? '';
    const headers = { cookie, 'X-CSRF-Token': csrf, Origin: as.origin, 'X-Auth-Mode': 'cookie' };
    await fetch(`${as.url}/api/auth/logout`, { method: 'POST', headers });
    await eventually(async () => {
      expect((await ask(page)).location).toContain(`${as.origin}/oauth/authorize?`);
    });
  });
});

/** Logout tokens for the sessions of a browser's user at a client: signed by another, by no one, for another client. */
async function forgedTokens(
  { server }: TestAuthorizationServer,
  id: string,
  cookie: string,
): Promise<string[]> {
  const access = /latchkey_access=([^;]+)/.exec(cookie)?.[1] ?? '';
  const { sub: subject = '' } = decodeJwt(access);
  const { body } = await server.api.get<{ id: string; clientId: string | null }[]>('/api/auth/sessions', {
    token: access,
  });
  const sessionId = body.find(({ clientId }) => clientId === id)?.id ?? '';
  const tokens = server.app.get(LogoutTokens, { strict: false });
  const genuine = await tokens.sign({ clientId: id, subject, sessionId });
  const { privateKey } = await generateKeyPair('ES256');
  const header = { ...decodeProtectedHeader(genuine), alg: 'ES256' };
  const [, payload = '', signature = ''] = genuine.split('.');
  const unsigned = Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url');
  return [
    await new SignJWT(decodeJwt(genuine)).setProtectedHeader(header).sign(privateKey),
    `${unsigned}.${payload}.`,
    `${unsigned}.${payload}.${signature}`,
    await tokens.sign({ clientId: 'another', subject, sessionId }),
    access,
  ];
}
