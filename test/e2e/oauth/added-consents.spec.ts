import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../support/databases.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';
import { rounds } from './races.js';

const ROUNDS = rounds(5);
/** Of a server: applications on loopback addresses are asked about each time. */
const redirect_uri = 'https://shop.example.com/callback';
const SCOPES = ['openid', 'profile', 'email', 'account'];

describeOnEachDatabase('What is added to a consent', (environment) => {
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    const limits = { LOGIN_RATE_LIMIT: '100000/1m', OAUTH_RATE_LIMIT: '1000000/1m' };
    as = await TestAuthorizationServer.start({ environment: { ...environment(), ...limits } });
  });

  afterAll(() => as.close());

  const signedIn = async () => {
    const config = await as.client({ firstParty: false, redirectUris: [redirect_uri], scopes: SCOPES });
    const ada = await new Person(as, config).signedIn();
    const { accessToken: token } = (await as.server.api.login(ada.email)).body;
    const path = `/api/auth/consents/${ada.clientId}`;
    const send = (method: string, scopes: unknown, url = path) =>
      as.server.api.request(method, url, { token, json: { scopes } });
    const allowed = async () => {
      const { body } = await as.server.api.get<{ scopes: string[] }[]>('/api/auth/consents', { token });
      return body[0]?.scopes.toSorted((one, other) => one.localeCompare(other));
    };
    const ask = (scope: string) => ada.ask({ redirect_uri, scope });
    return { ada, ask, send, allowed };
  };

  it('is there beside what was allowed before, and each scope once', async () => {
    const { send, allowed } = await signedIn();
    expect((await send('PUT', ['openid'])).status).toBe(204);
    expect((await send('POST', ['email', 'openid'])).status).toBe(204);
    expect(await allowed()).toEqual(['email', 'openid']);
  });

  it('is refused where the client cannot have it, or it is no list of scopes', async () => {
    const { send, allowed } = await signedIn();
    for (const odd of ['openid', [1], ['openid', 'openid'], ['users:write'], null, [], Array(51).fill('a')])
      expect([odd, (await send('POST', odd)).status]).toEqual([odd, 400]);
    expect((await send('POST', ['openid'], '/api/auth/consents/no-such-client')).status).toBe(404);
    expect(await allowed()).toBeUndefined();
  });

  it('at the same time is all there', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { send, allowed } = await signedIn();
      await Promise.all(SCOPES.map((scope) => send('POST', [scope])));
      expect(await allowed()).toEqual(['account', 'email', 'openid', 'profile']);
    }
  });

  it('on two pages at the same time is all there', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { ada, ask, send, allowed } = await signedIn();
      await send('PUT', ['openid']);
      const pages = [await ask('openid profile'), await ask('openid email')];
      const csrf = /name="csrf" value="([^"]*)"/.exec(pages[0]?.html ?? '')?.[1] ?? '';
      await Promise.all(pages.map((page) => ada.visitor.send(ada.actionOf(page), { answer: 'allow', csrf })));
      expect(await allowed()).toEqual(['email', 'openid', 'profile']);
    }
  });

  it('on a page brings nothing back that was taken back beside it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { ada, ask, send, allowed } = await signedIn();
      await send('PUT', ['openid', 'email']);
      const page = await ask('openid email profile');
      await Promise.all([ada.answer(page, 'allow'), send('PUT', ['openid'])]);
      expect(await allowed()).not.toContain('email');
    }
  });
});
