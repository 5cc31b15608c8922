import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock, TestIssuer } from 'latchkey/testing';
import { PASSWORD, type SignedIn, type TokenPair, uniqueEmail } from '../../support/api-client.js';
import { shopUnderTest } from './application-under-test.js';
import { reportsForAda } from './guards-in-tests.js';

interface Answer {
  readonly status: number;
  readonly body: Partial<SignedIn> & { readonly code?: string; readonly of?: string };
}

async function ask(url: string, path: string, token?: string, json?: object): Promise<Answer> {
  const response = await fetch(url + path, {
    method: json ? 'POST' : 'GET',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json && { 'content-type': 'application/json' }),
    },
    ...(json && { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
}

describe('application-under-test.ts', () => {
  const open: INestApplication[] = [];

  async function start(...options: Parameters<typeof shopUnderTest>) {
    const shop = await shopUnderTest(...options);
    open.push(shop.app);
    const post = (path: string, json: object, token?: string) =>
      ask(shop.url, `/api/auth${path}`, token, json);
    return {
      ...shop,
      post,
      get: (path: string, token?: string) => ask(shop.url, path, token),
      register: async (email: string) =>
        (await post('/register', { email, password: PASSWORD })).body as SignedIn,
      refresh: (refreshToken: string) => post('/refresh', { refreshToken }),
    };
  }
  afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));

  it('registers, logs in, refreshes with rotation, ends a session whose token is used again, and logs out', async () => {
    const clock = new FakeClock();
    const shop = await start({ clock });
    const email = uniqueEmail();
    const { user, accessToken } = await shop.register(email);
    expect(await shop.get('/invoices', accessToken)).toEqual({ status: 200, body: { of: user.id } });

    const login = (await shop.post('/login', { email, password: PASSWORD })).body as SignedIn;
    const first = (await shop.refresh(login.refreshToken)).body as TokenPair;
    expect((await shop.refresh(login.refreshToken)).body.refreshToken).toBe(first.refreshToken);
    const second = (await shop.refresh(first.refreshToken)).body as TokenPair;
    clock.advance('11s');
    expect((await shop.refresh(login.refreshToken)).body.code).toBe('REFRESH_TOKEN_REUSED');
    expect((await shop.get('/invoices', second.accessToken)).body.code).toBe('TOKEN_REVOKED');
    expect((await shop.refresh(second.refreshToken)).body.code).toBe('SESSION_ENDED');

    expect((await shop.post('/logout', {}, accessToken)).status).toBe(204);
    expect((await shop.get('/invoices', accessToken)).body.code).toBe('TOKEN_REVOKED');
    const types = shop.memory.audit.all.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['user.registered', 'session.refresh_reused', 'session.ended']),
    );
  });

  it('resets a password by the link in the mail, which ends all sessions', async () => {
    const shop = await start();
    const email = uniqueEmail();
    const { accessToken } = await shop.register(email);
    expect((await shop.post('/password/forgot', { email })).status).toBe(202);
    const { hash } = await shop.memory.mails.link(email, 'password-reset');
    const token = hash.replace('#token=', '');
    expect(await shop.memory.mails.token(email, 'password-reset')).toBe(token);

    const password = 'another horse battery staple';
    expect((await shop.post('/password/reset', { token, password })).status).toBe(204);
    expect((await shop.post('/password/reset', { token, password })).body.code).toBe(
      'ONE_TIME_TOKEN_INVALID',
    );
    expect((await shop.get('/invoices', accessToken)).body.code).toBe('TOKEN_REVOKED');
    expect((await shop.post('/login', { email, password: PASSWORD })).status).toBe(401);
    expect((await shop.post('/login', { email, password })).status).toBe(200);
    expect((await shop.memory.mails.last(email, 'password-changed')).to).toBe(email);
  });

  it('lets time pass: an access token expires, then the session', async () => {
    const clock = new FakeClock();
    const shop = await start({ clock });
    const { accessToken, refreshToken, expiresIn } = await shop.register(uniqueEmail());
    clock.advance(expiresIn * 1000 - 1000);
    expect((await shop.get('/invoices', accessToken)).status).toBe(200);
    clock.advance('1s');
    expect(await shop.get('/invoices', accessToken)).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_EXPIRED' },
    });
    clock.advance('7d');
    expect((await shop.refresh(refreshToken)).body.code).toBe('REFRESH_TOKEN_EXPIRED');
  });

  it('takes the tokens of a TestIssuer, until they are revoked', async () => {
    const issuer = await TestIssuer.start({ audience: 'https://api.example.com' });
    const shop = await start({ issuer });
    const token = issuer.token({ subject: 'ada', scopes: ['profile:read'] });

    expect(await shop.get('/invoices', token)).toEqual({ status: 200, body: { of: 'ada' } });
    expect((await shop.get('/invoices', issuer.token())).body.code).toBe('INSUFFICIENT_SCOPE');
    await issuer.revoke(token);
    expect((await shop.get('/invoices', token)).body.code).toBe('TOKEN_REVOKED');
    const { accessToken } = await shop.register(uniqueEmail());
    expect((await shop.get('/invoices', accessToken)).status).toBe(200);
    await issuer.close();
  });
});

describe('guards-in-tests.ts', () => {
  let app: INestApplication | undefined;
  afterAll(() => app?.close());

  it('lets Ada in without a token, without a role and without paying', async () => {
    const reports = await reportsForAda();
    ({ app } = reports);

    expect(await ask(reports.url, '/reports')).toEqual({ status: 200, body: { by: 'ada' } });
  });
});
