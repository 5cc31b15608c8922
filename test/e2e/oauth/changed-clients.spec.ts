import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { OPERATOR } from '../../../src/oauth/clients/client-writer.js';
import type { ClientSettings } from '../../../src/oauth/clients/oauth-client.js';
import { OAuthClients } from '../../../src/oauth/clients/oauth-clients.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { describeOnEachStore } from '../support/databases.js';
import type { VisitedPage } from '../support/page-visitor.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';
import { rounds } from './races.js';
import { signInBrowser } from './signed-in-browser.js';

const ROUNDS = rounds(5);
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';
const SCOPES = ['openid', 'profile', 'email', 'account'];
const REFUSED = expect.objectContaining({ error: 'invalid_grant' });

type Settings = Parameters<TestAuthorizationServer['client']>[0];
type Change = Partial<ClientSettings> | 'delete';

const OTHER_ADDRESS: Change = { redirectUris: ['https://shop.example.com/other'] };
const LESS: readonly (readonly [string, Change])[] = [
  ['may not be led there any more', OTHER_ADDRESS],
  ['may not ask for codes any more', { grants: [DEVICE_GRANT, 'refresh_token'] }],
  ['is disabled', { disabled: true }],
  ['is deleted', 'delete'],
];

const titleOf = ({ html }: VisitedPage) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
const isLedBack = ({ path }: VisitedPage) => path.startsWith('https://shop.example.com');
const parametersOf = ({ path }: VisitedPage) => Object.fromEntries(new URL(path).searchParams);

describeOnEachStore('A client that is changed', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    const limits = { LOGIN_RATE_LIMIT: '100000/1m', OAUTH_RATE_LIMIT: '1000000/1m' };
    as = await TestAuthorizationServer.start({ environment: { ...environment(), ...limits } });
  });

  afterAll(() => as.close());

  const change = async (clientId: string, to: Change) => {
    const clients = as.server.app.get(OAuthClients, { strict: false });
    await (to === 'delete' ? clients.delete(clientId, OPERATOR) : clients.change(clientId, to, OPERATOR));
  };
  const shop = (settings: Settings = {}) =>
    as.client({
      firstParty: false,
      grants: ['authorization_code', 'refresh_token', DEVICE_GRANT],
      redirectUris: [redirect_uri],
      scopes: SCOPES,
      ...settings,
    });
  const onPage = async (settings: Settings = {}, parameters: Record<string, string> = {}) => {
    const ada = await new Person(as, await shop(settings)).signedIn();
    const page = await ada.ask({ redirect_uri, scope: 'openid profile', ...parameters });
    return { ada, page };
  };

  it.each(LESS.flatMap(([what, to]) => ['allow', 'deny'].map((answer) => [answer, what, to] as const)))(
    'while a page is open leads nowhere by the answer %s where it %s',
    async (answer, _what, to) => {
      const { ada, page } = await onPage();
      expect(titleOf(page)).toBe('Allow Shop?');
      await change(ada.clientId, to);
      const answered = await ada.answer(page, answer);
      expect([answered.status, titleOf(answered)]).toEqual([410, 'This request is over']);
    },
  );

  it.each(LESS)('once a page was answered gets no code where it %s', async (_what, to) => {
    const { ada, page } = await onPage();
    const answered = await ada.visitor.submit(ada.actionOf(page), { answer: 'allow' });
    await change(ada.clientId, to);
    const refused = await ada.follow(answered);
    expect([refused.status, isLedBack(refused)]).toEqual([400, false]);
  });

  it('while a page is open gets what it may have still, and is told', async () => {
    const { ada, page } = await onPage();
    await change(ada.clientId, { scopes: ['openid'] });
    const again = await ada.visitor.open(page.path);
    expect(again.html).not.toContain('See your name');
    expect((await ada.tokens(await ada.answer(again, 'allow'))).scope).toBe('openid');
  });

  it('while a page is open is led back at once where all that was left to allow is taken from it', async () => {
    const { ada, page } = await onPage({}, { scope: 'openid' });
    await ada.answer(page, 'allow');
    const more = await ada.ask({ redirect_uri, scope: 'openid profile' });
    expect(titleOf(more)).toBe('Allow Shop?');
    await change(ada.clientId, { scopes: ['openid'] });
    const back = await ada.follow(await ada.visitor.open(more.path));
    expect((await ada.tokens(back)).scope).toBe('openid');
  });

  it('while a page is open is told invalid_scope where it may have nothing that it asked for', async () => {
    const { ada, page } = await onPage();
    await change(ada.clientId, { scopes: ['account'] });
    const back = await ada.follow(await ada.visitor.open(page.path));
    expect([isLedBack(back), parametersOf(back)['error']]).toEqual([true, 'invalid_scope']);
  });

  it('while a page is open needs consent where it is first-party no more', async () => {
    const { ada, page } = await onPage({ firstParty: true }, { prompt: 'login' });
    await change(ada.clientId, { firstParty: false });
    const other = await ada.answer(page, 'other');
    expect(titleOf(other)).toBe('Sign in');
    expect(titleOf(await ada.follow(await ada.signIn()))).toBe('Allow Shop?');
  });

  const kinds: Record<string, (settings: Settings) => Promise<Pending>> = {
    'a code': async (settings) => {
      const [config, { cookie }] = await Promise.all([shop(settings), signInBrowser(as.url, as.origin)]);
      const asked = await as.authorize(config, cookie, { redirect_uri });
      return { config, take: () => oidc.authorizationCodeGrant(config, asked.location, asked.checks) };
    },
    'a device code': async (settings) => {
      const [config, { cookie }] = await Promise.all([shop(settings), signInBrowser(as.url, as.origin)]);
      const { user_code, device_code } = await oidc.initiateDeviceAuthorization(config, { scope: 'openid' });
      const token = /latchkey_access=([^;]+)/.exec(cookie)?.[1] ?? '';
      const json = { userCode: user_code, allow: true };
      await as.server.api.request('PUT', '/api/auth/device', { token, json });
      return { config, take: () => oidc.genericGrantRequest(config, DEVICE_GRANT, { device_code }) };
    },
  };

  it.each(Object.entries(kinds))(
    'gets nothing for %s where it is first-party no more',
    async (_kind, allow) => {
      const { config, take } = await allow({ firstParty: true });
      await change(config.clientMetadata().client_id, { firstParty: false });
      await expect(take()).rejects.toEqual(REFUSED);
    },
  );

  const BACK: readonly (readonly [string, Change, Change])[] = [
    ['was disabled meanwhile', { disabled: true }, { disabled: false }],
    ['had less scopes meanwhile', { scopes: ['profile'] }, { scopes: SCOPES }],
    ['was not first-party meanwhile', { firstParty: false }, { firstParty: true }],
  ];
  it.each(
    BACK.flatMap(([what, to, back]) =>
      Object.entries(kinds).map(([kind, allow]) => ({ kind, what, to, back, allow })),
    ),
  )('gets nothing for $kind where it $what', async ({ to, back, allow }) => {
    const { config, take } = await allow({ firstParty: true });
    const { client_id: id } = config.clientMetadata();
    await change(id, to);
    await change(id, back);
    await expect(take()).rejects.toEqual(REFUSED);
  });

  it('gets nothing for a code that it was led with to an address that is not its own any more', async () => {
    const pending = await kinds['a code']?.({ firstParty: true });
    await change(pending?.config.clientMetadata().client_id ?? '', OTHER_ADDRESS);
    await expect(pending?.take()).rejects.toEqual(REFUSED);
  });

  it('loses what it was granted without consent where it is first-party no more', async () => {
    const pending = await kinds['a code']?.({ firstParty: true });
    const config = pending?.config as oidc.Configuration;
    const { access_token = '', refresh_token = '' } = (await pending?.take()) ?? {};
    const { sid } = await oidc.tokenIntrospection(config, access_token);
    await change(config.clientMetadata().client_id, { firstParty: false });
    expect((await oidc.tokenIntrospection(config, access_token)).active).toBe(false);
    await expect(oidc.refreshTokenGrant(config, refresh_token)).rejects.toEqual(REFUSED);
    const sessions = as.server.app.get(SessionsService, { strict: false });
    expect((await sessions.find(String(sid)))?.endReason).toBe('client_narrowed');
  });

  it.each(Object.entries(kinds))(
    'beside the taking of %s never keeps what it got without consent',
    async (_kind, allow) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { config, take } = await allow({ firstParty: true });
        const changed = change(config.clientMetadata().client_id, { firstParty: false });
        const [taken] = await Promise.allSettled([take(), changed]);
        if (taken.status === 'rejected') expect(taken.reason).toEqual(REFUSED);
        else {
          await changed;
          expect((await oidc.tokenIntrospection(config, taken.value.access_token)).active).toBe(false);
        }
      }
    },
  );
});

/** What is allowed, and the client has not taken. */
interface Pending {
  readonly config: oidc.Configuration;
  readonly take: () => Promise<oidc.TokenEndpointResponse>;
}
