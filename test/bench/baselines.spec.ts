import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from '../../bench/support/load.js';
import { type RunningServer, startBaseline } from '../../bench/support/server.js';
import { TestIssuer } from '../../src/testing/index.js';

describe.each(['raw-hmac', 'stock-nest', 'express-jsonwebtoken', 'fastify-jwt'])(
  'the baseline %s',
  (name) => {
    let server: RunningServer;
    let token: string;

    beforeAll(async () => {
      server = await startBaseline(name);
      const login = await fetch(`${server.url}/login`);
      token = ((await login.json()) as { access_token: string }).access_token;
    });

    afterAll(async () => {
      await server.stop();
    });

    const ask = (authorization?: string) =>
      fetch(`${server.url}/profile`, authorization === undefined ? {} : { headers: { authorization } });

    it('answers its own token with the identity that it holds', async () => {
      const answer = await ask(`Bearer ${token}`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ username: 'ada' });
    });

    it('really verifies: no token and a forged one are refused', async () => {
      const [header, payload, signature = ''] = token.split('.');
      const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      expect((await ask()).status).toBe(401);
      expect([401, 403]).toContain((await ask(`Bearer ${forged}`)).status);
    });

    it('is put under load, which fails where a request fails', async () => {
      const { perSecond } = await load(`${server.url}/profile`, {
        headers: { authorization: `Bearer ${token}` },
        seconds: 1,
      });
      expect(perSecond).toBeGreaterThan(0);
      await expect(load(`${server.url}/profile`, { seconds: 1 })).rejects.toThrow('Requests failed');
    });
  },
);

describe('the baseline better-auth', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startBaseline('better-auth');
  });

  afterAll(async () => {
    await server.stop();
  });

  it('looks the session up by its cookie', async () => {
    const signedUp = await fetch(`${server.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
      body: JSON.stringify({
        email: 'ada@example.com',
        password: 'correct horse battery staple',
        name: 'Ada',
      }),
    });
    const [cookie = ''] = signedUp.headers.getSetCookie();
    const session = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/auth/get-session`, { headers }).then((answer) => answer.json());
    expect(await session({ cookie })).toMatchObject({ user: { email: 'ada@example.com' } });
    expect(await session({ cookie: cookie.replace('session_token=', 'session_token=x') })).toBeNull();
    expect(await session({})).toBeNull();
  });
});

describe('the baseline of the token endpoint', () => {
  const secret = 'lk_cs_of-the-benchmark';
  let server: RunningServer;

  beforeAll(async () => {
    const hash = createHash('sha256').update(secret).digest('hex');
    server = await startBaseline('bare-refresh', { CLIENT_SECRET_HASH: hash });
  });

  afterAll(async () => {
    await server?.stop();
  });

  const ask = (form: Record<string, string>, given = secret) =>
    fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`bench:${given}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });

  it('authenticates the client, and signs a token for it', async () => {
    const answer = await ask({ grant_type: 'client_credentials' });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      sub: 'bench',
    });
    expect((await ask({ grant_type: 'client_credentials' }, 'another')).status).toBe(500);
  });

  it('rotates a refresh token, once, and signs an ID token where there is one', async () => {
    const registered = await fetch(`${server.url}/api/auth/register`, { method: 'POST' });
    const { refreshToken } = (await registered.json()) as { refreshToken: string };
    const form = { grant_type: 'refresh_token', refresh_token: `${refreshToken}.openid` };
    const answer = (await (await ask(form)).json()) as Record<string, string>;
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining(['access_token', 'id_token', 'refresh_token']),
    );
    expect((await ask(form)).status).toBe(500);
    expect((await ask({ ...form, refresh_token: answer['refresh_token'] ?? '' })).status).toBe(200);
  });
});

describe.each([
  ['resource-server', {}],
  ['fastify-jwks', {}],
  ['fastify-jwks', { FIXED: '1' }],
])('the service %s, with %j', (name, settings) => {
  let issuer: TestIssuer;
  let server: RunningServer;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await startBaseline(name, { ISSUER: issuer.url, ...settings });
  });

  afterAll(async () => {
    await server?.stop();
    await issuer?.close();
  });

  it('takes the tokens of its issuer by the keys that it publishes, again and again, and no other', async () => {
    const profile = (token: string) =>
      fetch(`${server.url}/profile`, { headers: { authorization: `Bearer ${token}` } });
    const token = issuer.token({ subject: 'ada' });
    for (let time = 0; time < 2; time += 1) {
      const answer = await profile(token);
      expect(answer.status).toBe(200);
      expect(JSON.stringify(await answer.json())).toContain('"ada"');
    }
    expect((await profile(issuer.token({ subject: 'ada', forged: true }))).status).toBe(401);
    expect((await fetch(`${server.url}/profile`)).status).toBe(401);
  });
});
