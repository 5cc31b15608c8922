import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OAuthConsents } from '../../../src/oauth/consents/oauth-consents.js';
import { PASSWORD } from '../../support/api-client.js';
import { describeWithChromium } from '../../support/services/available.js';
import { findingsOf, NARROW, PageBrowser } from '../support/page-browser.js';
import { PageVisitor, type VisitedPage } from '../support/page-visitor.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';

const SCOPES = { scope: 'openid email' };

let as: TestAuthorizationServer;

beforeAll(async () => {
  as = await TestAuthorizationServer.start({ environment: { LOGIN_RATE_LIMIT: '1000/1m' } });
});

afterAll(() => as.close());

const titleOf = ({ html }: VisitedPage) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
const parameterOf = ({ path }: VisitedPage, name: string) => new URL(path, as.origin).searchParams.get(name);
const shop = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  as.client({ firstParty: false, ...settings });
const person = async (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  new Person(as, await shop(settings)).signedIn();

describe('Signing in for a client', () => {
  it('leads through the sign-in and the consent back to the client', async () => {
    const ada = await new Person(as, await shop()).register();
    const signIn = await ada.ask({ ...SCOPES, login_hint: ada.email });
    expect([titleOf(signIn), signIn.html.includes(`value="${ada.email}"`)]).toEqual(['Sign in', true]);
    const consent = await ada.follow(await ada.signIn());
    expect(titleOf(consent)).toBe('Allow Shop?');
    expect(consent.html).toContain('See your e-mail address');
    expect(consent.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const back = await ada.answer(consent, 'allow');
    const tokens = await ada.tokens(back);
    expect(tokens.claims()).toMatchObject({ email: ada.email, amr: ['pwd'] });
  });

  it('asks nothing of a first-party client', async () => {
    const ada = await new Person(as, await shop({ firstParty: true })).register();
    await ada.ask({ ...SCOPES, prompt: 'login consent' });
    expect((await ada.tokens(await ada.follow(await ada.signIn()))).access_token).toBeTruthy();
  });

  it.each([{ prompt: 'login' }, { max_age: '0' }])('shows the password again for %o', async (wanted) => {
    // Seconds are what the protocol counts in, by the time of day.
    as.server.clock.advance(-5000);
    const ada = await person({ firstParty: true });
    as.server.clock.advance(5000);
    const page = await ada.ask({ ...SCOPES, ...wanted });
    expect(titleOf(page)).toBe('Show your password again');
    const wrong = await ada.answer(page, 'password', { password: 'not the password' });
    expect([titleOf(wrong), wrong.status]).toEqual(['Show your password again', 401]);
    const back = await ada.answer(page, 'password', { password: PASSWORD });
    expect(parameterOf(back, 'code')).toBeTruthy();
  });

  it('does not go on with a password that was shown before the request', async () => {
    const ada = await person({ firstParty: true });
    const page = await ada.ask({ ...SCOPES, prompt: 'login' });
    const again = await ada.follow(await ada.visitor.open(page.path));
    expect(titleOf(again)).toBe('Show your password again');
  });

  it('goes on with another account, once that has signed in', async () => {
    const ada = await person();
    const other = await new Person(as, await shop()).register();
    const page = await ada.ask({ ...SCOPES, prompt: 'login' });
    const signIn = await ada.answer(page, 'other');
    expect(titleOf(signIn)).toBe('Sign in');
    const consent = await ada.follow(await ada.signIn(other.email));
    expect(consent.html).toContain(other.email);
    expect((await ada.tokens(await ada.answer(consent, 'allow'))).claims()).toMatchObject({
      email: other.email,
    });
  });

  it('gives a client what the one who is signed in allows, whoever signed in before', async () => {
    const ada = await new Person(as, await shop()).register();
    const other = await new Person(as, await shop()).register();
    await ada.ask();
    const consent = await ada.follow(await ada.signIn());
    // In another tab.
    await ada.visitor.open('/account');
    await ada.visitor.submit('/account/sign-out', {});
    await ada.signIn(other.email);
    const page = await ada.follow(await ada.visitor.open(consent.path));
    expect(page.html).toContain(other.email);
    const tokens = await ada.tokens(await ada.answer(page, 'allow'));
    expect(tokens.claims()).toMatchObject({ email: other.email });
  });

  it('says that a request is over which this browser has not begun', async () => {
    const [ada, eve] = [await person(), await person()];
    const { path } = await ada.ask();
    expect([(await eve.visitor.open(path)).status, titleOf(await eve.visitor.open(path))]).toEqual([
      410,
      'This request is over',
    ]);
  });
});

describe('Consent', () => {
  it.each([
    ['en', 'Shop can use it at https://orders.example.com/api.'],
    ['de', 'Shop kann es bei https://orders.example.com/api verwenden.'],
  ])('names the resource that is asked for, in %s', async (language, sentence) => {
    const resource = 'https://orders.example.com/api';
    const visitor = new PageVisitor(as.url, { 'Accept-Language': language }, as.origin);
    const ada = await new Person(as, await shop({ audiences: [resource] }), visitor).signedIn();
    expect((await ada.ask({ ...SCOPES, resource })).html).toContain(sentence);
    expect((await ada.ask()).html).not.toContain('orders.example.com');
  });

  it('is remembered, and asked for again for more', async () => {
    // Those on loopback addresses are applications on devices, which anyone can pretend to be: these ask each time.
    const redirect_uri = 'https://shop.example.com/callback';
    const ada = await person({ redirectUris: [redirect_uri] });
    const ask = (scope: string, others = {}) => ada.ask({ redirect_uri, scope, ...others });
    const isSentBack = (page: VisitedPage) => parameterOf(page, 'code') !== null;
    expect(isSentBack(await ada.answer(await ask('openid email'), 'allow'))).toBe(true);
    expect(isSentBack(await ask('openid email'))).toBe(true);
    const more = await ask('openid profile');
    expect(more.html).toContain('See your name');
    expect(more.html).not.toContain('See your e-mail');
    await ada.answer(more, 'allow');
    expect(isSentBack(await ask('openid email profile'))).toBe(true);
    const anew = await ask('openid email', { prompt: 'consent' });
    expect(titleOf(anew)).toBe('Allow Shop?');
    expect(isSentBack(await ada.answer(anew, 'allow'))).toBe(true);
  });

  it('says for how long: until the sign-out, or beyond it with offline_access', async () => {
    const ada = await person();
    expect((await ada.ask()).html).toContain('Until you sign out here, and at most 30 days,');
    const offline = await ada.ask({ scope: 'openid offline_access', prompt: 'consent' });
    expect(offline.html).toContain('Also after you have signed out here, and at most 30 days,');
    const german = await fetch(as.url + ada.actionOf(offline), {
      headers: {
        cookie: ada.visitor.jar.headerFor(ada.actionOf(offline)) ?? '',
        'accept-language': 'de',
        'sec-fetch-site': 'same-origin',
      },
    });
    expect(await german.text()).toContain('höchstens 30 Tage');
  });

  it('that is not given is told to the client', async () => {
    const ada = await person();
    const back = await ada.answer(await ada.ask(), 'deny');
    expect([parameterOf(back, 'error'), parameterOf(back, 'code')]).toEqual(['access_denied', null]);
  });

  it.each(['allow', 'deny'])('is not decided by a form of another site: %s', async (answer) => {
    const ada = await person();
    const page = await ada.ask();
    const forged = await ada.visitor.send(ada.actionOf(page), { answer, csrf: 'guessed' });
    expect([titleOf(forged), forged.headers.get('refresh')]).toEqual(['Allow Shop?', null]);
    const elsewhere = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    await ada.ask();
    if (answer === 'allow') {
      const refused = await ada.visitor
        .submit(ada.actionOf(page), { answer }, elsewhere)
        .catch(() => undefined);
      expect(refused?.headers.get('refresh') ?? null).toBeNull();
    }
    expect(titleOf(await ada.ask())).toBe('Allow Shop?');
  });

  it('is seen and taken back on a page, which ends what the client got', async () => {
    const ada = await person();
    const tokens = await ada.tokens(await ada.answer(await ada.ask(), 'allow'));
    const page = await ada.visitor.open('/account/applications');
    expect([page.html.includes('Shop'), page.html.includes('See your e-mail address')]).toEqual([true, true]);
    const done = await ada.visitor.submit('/account/applications', {});
    expect([done.html.includes('Taken back.'), done.html.includes('Shop')]).toEqual([true, false]);
    expect((await as.server.api.get('/api/auth/verify', { token: tokens.access_token })).status).toBe(401);
    expect(titleOf(await ada.ask())).toBe('Allow Shop?');
  });
});

describe('The routes of consents', () => {
  it('take what the client may have, list it, and take it back', async () => {
    const ada = await person();
    const { accessToken: token } = (await as.server.api.login(ada.email)).body;
    const path = `/api/auth/consents/${ada.clientId}`;
    const put = (scopes: unknown, url = path) =>
      as.server.api.request('PUT', url, { token, json: { scopes } });
    expect((await put(['openid', 'users:write'])).status).toBe(400);
    for (const odd of [[], 'openid', [1], ['openid', 'openid'], null])
      expect([odd, (await put(odd)).status]).toEqual([odd, 400]);
    expect((await put(['openid'], '/api/auth/consents/no-such-client')).status).toBe(404);
    expect((await put(['openid'])).status).toBe(204);
    expect((await as.server.api.get('/api/auth/consents', { token })).body).toEqual([
      { clientId: ada.clientId, name: 'Shop', scopes: ['openid'], createdAt: expect.any(String) },
    ]);
    expect((await as.server.api.request('DELETE', path, { token })).status).toBe(204);
    expect((await as.server.api.request('DELETE', path, { token })).status).toBe(204);
    expect((await as.server.api.get('/api/auth/consents', { token })).body).toEqual([]);
  });

  it('are for no token of a client, whatever it was granted', async () => {
    const ada = await person({ firstParty: true });
    const { access_token: token } = await ada.tokens(await ada.ask({ scope: 'openid account' }));
    const path = `/api/auth/consents/${ada.clientId}`;
    const answers = await Promise.all([
      as.server.api.get('/api/auth/consents', { token }),
      as.server.api.request('PUT', path, { token, json: { scopes: ['openid'] } }),
      as.server.api.request('POST', path, { token, json: { scopes: ['openid'] } }),
      as.server.api.request('DELETE', path, { token }),
    ]);
    expect(answers.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual(
      [1, 2, 3, 4].map(() => [403, 'INSUFFICIENT_SCOPE']),
    );
  });

  it('forget what a user allowed whose account is deleted', async () => {
    const ada = await person();
    await ada.answer(await ada.ask(), 'allow');
    const { accessToken: token, user } = (await as.server.api.login(ada.email)).body;
    const consents = as.server.app.get(OAuthConsents, { strict: false });
    expect(await consents.listOf(user.id)).toHaveLength(1);
    await as.server.api.request('DELETE', '/api/profile', { token, json: { password: PASSWORD } });
    expect(await consents.listOf(user.id)).toEqual([]);
  });
});

describeWithChromium('In a real browser', () => {
  it('a narrow page of consent is accessible, fits, and leads back to the client', async () => {
    const callback = createServer((_request, response) => response.end('back')).listen(0, '127.0.0.1');
    await once(callback, 'listening');
    const { port } = callback.address() as AddressInfo;
    const redirect_uri = `http://127.0.0.1:${port}/callback`;
    const browser = await PageBrowser.launch();
    try {
      const { page, complaints } = await browser.open({ viewport: NARROW, colorScheme: 'light' });
      const config = await shop();
      const ada = await new Person(as, config).register();
      await page.goto(
        (await as.authorizationUrl(config, { scope: 'openid email account', redirect_uri })).url.href,
      );
      await page.getByLabel('E-mail address').fill(ada.email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
      expect(await findingsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.waitForURL((url) => url.searchParams.has('code') && url.port === String(port));
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      callback.close();
    }
  });
});
