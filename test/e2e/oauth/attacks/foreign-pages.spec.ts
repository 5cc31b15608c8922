import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { PASSWORD } from '../../../support/api-client.js';
import type { VisitedPage } from '../../support/page-visitor.js';
import { TestAuthorizationServer } from '../authorization-server.js';
import { Person } from '../person.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const FRONT = 'https://forum.example.com/logout';

let as: TestAuthorizationServer;

beforeAll(async () => {
  const environment = { LOGIN_RATE_LIMIT: '10000/1m', OAUTH_RATE_LIMIT: '100000/1m' };
  as = await TestAuthorizationServer.start({ environment });
});

afterAll(() => as.close());

const shop = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
  as.client({ firstParty: false, ...settings });
const signedIn = async () => new Person(as, await shop()).signedIn();
const titleOf = ({ html }: VisitedPage) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
const isLedOn = ({ headers }: VisitedPage) => headers.get('refresh') !== null;

async function device(): Promise<oidc.DeviceAuthorizationResponse> {
  const config = await shop({ type: 'public', grants: [DEVICE_GRANT], redirectUris: [] });
  return oidc.initiateDeviceAuthorization(config, { scope: 'openid email' });
}

async function logoutPath(person: Person): Promise<string> {
  const { pathname } = oidc.buildEndSessionUrl(await shop());
  return new URL((await person.visitor.open(pathname)).path, as.origin).pathname;
}

/** Each page that a request of a client leads through, by what it says. */
const PAGES: readonly (readonly [string, (ada: Person) => Promise<VisitedPage>])[] = [
  ['Sign in', async () => new Person(as, await shop()).ask()],
  ['Allow Shop?', (ada) => ada.ask()],
  ['Show your password again', (ada) => ada.ask({ scope: 'openid', prompt: 'login' })],
  [
    'Show your password again',
    async (ada) =>
      ada.answer(await ada.ask({ scope: 'openid', prompt: 'login' }), 'password', { password: 'wrong' }),
  ],
  [
    'Signing in',
    async (ada) => {
      const page = await ada.ask();
      return ada.visitor.submit(ada.actionOf(page), { answer: 'deny' });
    },
  ],
  ['This request is over', (ada) => ada.visitor.open('/account/authorize/none')],
  [
    'Connect a device',
    async (ada) => ada.visitor.open(`/oauth/device?user_code=${(await device()).user_code}`),
  ],
  [
    'Allow Shop on a device?',
    async (ada) => {
      await ada.visitor.open('/oauth/device');
      return ada.visitor.submit('/oauth/device', { user_code: (await device()).user_code });
    },
  ],
  ['Device connected', (ada) => ada.visitor.open('/oauth/device?note=allowed')],
  ['Applications', (ada) => ada.visitor.open('/account/applications')],
  ['Sign out?', async (ada) => ada.visitor.open(await logoutPath(ada))],
  [
    'You are signed out',
    async (ada) => {
      const forum = await as.client({ frontchannelLogoutUri: FRONT });
      const { location, checks } = await as.authorize(forum, ada.visitor.jar.headerFor('/oauth/authorize'));
      await oidc.authorizationCodeGrant(forum, location, checks);
      return ada.visitor.submit(await logoutPath(ada), { answer: 'yes' });
    },
  ],
  ['This request is over', (ada) => ada.visitor.open('/account/logout/none')],
];

describe('In a frame of another site', () => {
  it.each(PAGES)('the page "%s" is not shown', async (title, open) => {
    const page = await open(await signedIn());
    expect(titleOf(page)).toBe(title);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(/frame-ancestors [^;]*/.exec(policy)?.[0]).toBe("frame-ancestors 'none'");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });

  it.each(['/oauth/authorize?client_id=x', '/oauth/authorize/none', '/oauth/logout?client_id=x'])(
    'the answer of %s is not shown',
    async (path) => {
      const { headers } = await fetch(as.url + path, { redirect: 'manual' });
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
    },
  );
});

/** As browsers send a form of another site. */
const FOREIGN = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
/** As a browser sends one whose page had no origin, as that of a sandboxed frame. */
const OPAQUE = { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' };
/** As another name of the same site sends it. */
const SIBLING = { Origin: 'http://evil.localhost', 'Sec-Fetch-Site': 'same-site' };

describe('A sign-in that another site has a browser send', () => {
  it.each([FOREIGN, OPAQUE, SIBLING])('signs nobody in, in the midst of a request: %o', async (headers) => {
    const ada = new Person(as, await shop());
    const eve = await new Person(as, await shop()).register();
    await ada.ask();
    const fields = { email: eve.email, password: PASSWORD };
    const refused = await ada.visitor.submit('/account/sign-in', fields, headers);
    expect([refused.status, isLedOn(refused)]).toEqual([403, false]);
    expect(titleOf(await ada.ask())).toBe('Sign in');
  });

  it('does not swap the account of who is signed in', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const page = await ada.ask();
    const fields = { email: eve.email, password: PASSWORD };
    expect((await ada.visitor.send('/account/sign-in', fields, FOREIGN)).status).toBe(403);
    expect((await ada.ask()).html).toContain(ada.email);
    expect(page.html).not.toContain(eve.email);
  });
});

/** The token that the form of a page has. */
const tokenOf = ({ html }: VisitedPage) => /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';

const FORGERIES: readonly (readonly [
  string,
  (own: string, others: string) => Record<string, string>,
  object,
])[] = [
  ['without a token', () => ({}), {}],
  ['with an empty token', () => ({ csrf: '' }), {}],
  ['with another browser’s token', (_own, others) => ({ csrf: others }), {}],
  ['with a part of the token', (own) => ({ csrf: own.slice(0, -1) }), {}],
  ['of another site, without a token', () => ({}), FOREIGN],
  ['of another site, with another browser’s token', (_own, others) => ({ csrf: others }), FOREIGN],
];

describe('A form that was forged', () => {
  it.each(
    FORGERIES.flatMap(([how, fields, headers]) =>
      (['allow', 'deny'] as const).map((answer) => [how, answer, fields, headers] as const),
    ),
  )('%s does not answer a request of a client: %s', async (_how, answer, fields, headers) => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const [page, others] = [await ada.ask(), await eve.ask()];
    const form = { answer, ...fields(tokenOf(page), tokenOf(others)) };
    const forged = await ada.visitor.send(ada.actionOf(page), form, { ...headers });
    expect([isLedOn(forged), forged.html.includes('access_denied')]).toEqual([false, false]);
    expect(titleOf(await ada.visitor.open(ada.actionOf(page)))).toBe('Allow Shop?');
    const { accessToken: token } = (await as.server.api.login(ada.email)).body;
    expect((await as.server.api.get('/api/auth/consents', { token })).body).toEqual([]);
  });

  it('with all that Eve has cannot answer her own request as Ada', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const page = await eve.ask();
    const form = { answer: 'allow', csrf: tokenOf(page) };
    const forged = await ada.visitor.send(eve.actionOf(page), form, FOREIGN);
    expect([forged.status, titleOf(forged)]).toEqual([410, 'This request is over']);
    expect(titleOf(await eve.visitor.open(eve.actionOf(page)))).toBe('Allow Shop?');
  });

  it.each(FORGERIES)('%s takes back nothing that was allowed', async (_how, fields, headers) => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    await ada.answer(await ada.ask(), 'allow');
    const [page, others] = [await ada.visitor.open('/account/applications'), await eve.ask()];
    const form = { client: ada.clientId, ...fields(tokenOf(page), tokenOf(others)) };
    await ada.visitor.send('/account/applications', form, { ...headers });
    expect((await ada.visitor.open('/account/applications')).html).toContain('Shop');
  });
});
