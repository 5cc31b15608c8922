import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';

/** So many wrong passwords, and an account waits. */
const FAILURES = 10;

describe('A caller who hangs up while the password waits to be hashed', () => {
  let server: TestApp;
  let hasher: PasswordHasher;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { BCRYPT_COST: '12', HASH_WORKERS: '1', ACCOUNT_FAILURES: String(FAILURES) },
    });
    hasher = server.app.get(PasswordHasher);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => server.close());

  const send = (path: string, json: object, token?: string): Promise<Socket> =>
    sendBody(path, JSON.stringify(json), [
      'Content-Type: application/json',
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ]);

  const sendBody = async (path: string, body: string, headers: string[]): Promise<Socket> => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      [
        `POST ${path} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        ...headers,
        '',
        body,
      ].join('\r\n'),
    );
    return socket;
  };

  /** Sends so many requests, waits until each has asked for a hash, and hangs up. @returns how many were hashed and dropped */
  const hangUp = async (method: 'hash' | 'verify', count: number, request: () => Promise<Socket>) => {
    const asked = jest.spyOn(hasher, method);
    const sockets = await Promise.all(Array.from({ length: count }, request));
    await eventually(() => Promise.resolve(expect(asked).toHaveBeenCalledTimes(count)));
    for (const socket of sockets) socket.destroy();
    const ends = await Promise.allSettled(asked.mock.results.map(({ value }) => value as Promise<unknown>));
    const codes = ends.flatMap((end) =>
      end.status === 'rejected' ? [(end.reason as { code: unknown }).code] : [],
    );
    expect(codes).toEqual(codes.map(() => 'REQUEST_TIMEOUT'));
    return { hashed: count - codes.length, dropped: codes.length };
  };

  const failuresOf = async ({ accessToken: token }: SignedIn): Promise<number> => {
    const { body } = await server.api.get<{ events: { outcome: string }[] }>('/api/profile/audit', { token });
    return body.events.filter(({ outcome }) => outcome === 'failure').length;
  };

  it('at login costs no hash and counts as no failure', async () => {
    const account = (await server.api.register()).body;
    const { email } = account.user;
    const logIn = () => send('/api/auth/login', { email, password: 'wrong password' });
    const { hashed, dropped } = await hangUp('verify', FAILURES, logIn);
    expect(dropped).toBeGreaterThan(0);
    await eventually(async () => expect(await failuresOf(account)).toBe(hashed));
    expect((await server.api.login(email)).status).toBe(200);
  });

  it('on the page costs no hash and counts as no failure', async () => {
    const account = (await server.api.register()).body;
    const form = new URLSearchParams({ email: account.user.email, password: 'wrong password' }).toString();
    const { hashed, dropped } = await hangUp('verify', FAILURES, () =>
      sendBody('/account/sign-in', form, [
        'Content-Type: application/x-www-form-urlencoded',
        `Origin: ${server.url.replace('127.0.0.1', 'localhost')}`,
      ]),
    );
    expect(dropped).toBeGreaterThan(0);
    await eventually(async () => expect(await failuresOf(account)).toBe(hashed));
  });

  it('to be shown again costs no hash and counts as no failure', async () => {
    const account = (await server.api.register()).body;
    const { accessToken: token } = account;
    const show = () => send('/api/auth/reauthenticate', { password: 'wrong password' }, token);
    const { hashed, dropped } = await hangUp('verify', FAILURES, show);
    expect(dropped).toBeGreaterThan(0);
    await eventually(async () => expect(await failuresOf(account)).toBe(hashed));
    const answer = await server.api.post('/api/auth/reauthenticate', { password: PASSWORD }, { token });
    expect(answer.status).toBe(204);
  });

  it('at registration costs no hash, and there is no account', async () => {
    const emails: string[] = [];
    const register = () => {
      const email = uniqueEmail();
      emails.push(email);
      return send('/api/auth/register', { email, password: PASSWORD });
    };
    const { hashed, dropped } = await hangUp('hash', FAILURES, register);
    expect(dropped).toBeGreaterThan(0);
    // Those that were being hashed are made.
    await eventually(async () => expect(await accounts(emails)).toBe(hashed));
  });

  const accounts = async (emails: readonly string[]): Promise<number> => {
    const users = server.app.get(UsersRepository);
    const found = await Promise.all(emails.map((email) => users.findByEmail(email)));
    return found.filter((user) => user !== undefined).length;
  };
});
