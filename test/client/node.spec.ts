import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLatchkeyClient, type LatchkeyClient } from '../../src/client/index.js';
import { PASSWORD, uniqueEmail } from '../support/api-client.js';
import { CookieJar } from '../support/cookie-jar.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { browserFetch } from './browser-fetch.js';

const MINUTE = 60_000;
const REFRESH = 'POST /api/auth/refresh';

let server: TestApp;
let requests: string[];

beforeAll(async () => {
  server = await startTestApp({ environment: { CORS_ORIGINS: 'http://app.localhost' } });
});
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  requests = [];
});

const logged: typeof fetch = (input, init) => {
  const { method, url } = new Request(input, { ...init, body: null, method: init?.method ?? 'GET' });
  requests.push(`${method} ${new URL(url).pathname}`);
  return fetch(input, init);
};

const MODES: { mode: 'bearer' | 'cookie'; make: (url: string) => LatchkeyClient }[] = [
  { mode: 'bearer', make: (url) => createLatchkeyClient({ baseUrl: url, fetch: logged }) },
  {
    mode: 'cookie',
    make: (url) =>
      createLatchkeyClient({
        baseUrl: url,
        mode: 'cookie',
        fetch: browserFetch(new CookieJar(), 'http://app.localhost', logged),
      }),
  },
];

describe.each(MODES)('In $mode mode, with a real server', ({ make }) => {
  let client: LatchkeyClient;
  let email: string;

  beforeEach(async () => {
    client = make(server.url);
    email = uniqueEmail();
    await client.register({ email, password: PASSWORD, name: 'Ada' });
    requests.length = 0;
  });

  const names = async () => {
    const response = await client.fetch('/api/profile');
    return response.ok ? (await response.json()).name : response.status;
  };

  it('registers, calls, changes, logs out and in again', async () => {
    expect(client.user).toMatchObject({ email, name: 'Ada' });
    const json = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ name: 'Augusta' });
    expect((await client.fetch('/api/profile', { method: 'PATCH', headers: json, body })).status).toBe(200);
    expect(await client.restore()).toMatchObject({ name: 'Augusta' });
    await client.logout();
    expect([client.user, await names()]).toEqual([null, 401]);
    expect(await client.login({ email, password: PASSWORD })).toMatchObject({ email });
    expect(await names()).toBe('Augusta');
  });

  it('renews once for twenty requests at expiry, again and again, and none fails', async () => {
    for (let round = 0; round < 3; round++) {
      server.clock.advance(16 * MINUTE);
      const found = await Promise.all(Array.from({ length: 20 }, names));
      expect(new Set(found)).toEqual(new Set(['Ada']));
    }
    expect(requests.filter((each) => each === REFRESH)).toHaveLength(3);
  });

  it('is logged out where an administrator, or the password, has ended the session', async () => {
    const other = await server.api.login(email);
    await server.api.post('/api/auth/logout-all', undefined, { token: other.body.accessToken });
    expect([await names(), client.user]).toEqual([401, null]);
  });

  it('logs out with an expired token, so that the session is ended', async () => {
    server.clock.advance(16 * MINUTE);
    await client.logout();
    const { body } = await server.api.login(email);
    const sessions = await server.api.get<object[]>('/api/auth/sessions', { token: body.accessToken });
    expect(sessions.body).toHaveLength(1);
  });

  it('tells what the server says of a wrong password, and does not repeat it', async () => {
    const wrong = { currentPassword: 'not this one at all', newPassword: 'a horse of another colour' };
    const response = await client.fetch('/api/auth/password/change', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(wrong),
    });
    expect(response.status).toBe(401);
    expect(requests.filter((each) => each.includes('password'))).toHaveLength(1);
    await expect(client.login({ email, password: 'wrong' })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
      status: 401,
    });
  });
});

describe('An answer that leads to another origin', () => {
  let elsewhere: Server;
  let stranger: string;
  let redirecting: Server;
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    elsewhere = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    stranger = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    redirecting = createServer((_request, response) => {
      response.writeHead(307, { location: stranger }).end();
    }).listen(0, '127.0.0.1');
    await once(redirecting, 'listening');
  });

  afterAll(() => {
    for (const each of [elsewhere, redirecting]) {
      each.closeAllConnections();
      each.close();
    }
  });

  it('takes no token, no password and no refresh token there', async () => {
    const moved = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
    let address = server.url;
    // Signs in at the real server, which then is gone, and another is in its place.
    const client = createLatchkeyClient({
      baseUrl: moved,
      fetch: (input, init) => fetch(new Request(input).url.replace(moved, address), init),
    });
    await client.register({ email: uniqueEmail(), password: PASSWORD });
    address = moved;
    await client.fetch('/api/profile');
    expect(seen).toEqual([undefined]);
    const credentials = { email: uniqueEmail(), password: PASSWORD };
    await expect(client.login(credentials)).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
    expect(seen).toHaveLength(1);
  });
});
