import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PasswordHasher, type PasswordVerification } from '../../../src/auth/passwords/password-hasher.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

/** Hashes nothing, and counts how often it was asked whether a password is right. */
class CountingHasher extends PasswordHasher {
  verified = 0;

  hash(password: string): Promise<string> {
    return Promise.resolve(`plain:${password}`);
  }

  verify(password: string, hash: string | null): Promise<PasswordVerification> {
    this.verified += 1;
    return Promise.resolve({ matches: hash === `plain:${password}`, outdated: false });
  }
}

const SETTINGS = {
  ACCOUNT_FAILURES: '5',
  ACCOUNT_DELAY_MAX: '15m',
  LOGIN_RATE_LIMIT: '5/1m',
  TRUST_PROXY: '1',
};
const WRONG = 'wrong password';
const MINUTE = 60_000;

let addresses = 0;
/** No request has come from it before. */
const newAddress = () => {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
};

interface Login {
  readonly cookie?: string | undefined;
  readonly from?: string;
}

/** From a new address each time, unless it is given. */
function login({ api }: TestApp, email: string, password: string, { cookie, from }: Login = {}) {
  const headers = { 'x-forwarded-for': from ?? newAddress(), ...(cookie !== undefined && { cookie }) };
  return api.post<SignedIn>('/api/auth/login', { email, password }, { headers });
}

/** What a browser would send back. */
function cookieOf({ headers }: { headers: Headers }): string | undefined {
  return headers
    .getSetCookie()
    .find((cookie) => cookie.includes('lk_device='))
    ?.split(';', 1)[0];
}

async function fail(server: TestApp, email: string, times: number, options?: Login): Promise<string[]> {
  const codes = [];
  for (let time = 0; time < times; time += 1)
    codes.push((await login(server, email, WRONG, options)).body.code);
  return codes;
}

/** Of as many logins without one: what a browser would keep of each. */
async function cookiesOf(server: TestApp, email: string, times: number): Promise<(string | undefined)[]> {
  const cookies = [];
  for (let time = 0; time < times; time += 1) cookies.push(cookieOf(await login(server, email, PASSWORD)));
  return cookies;
}

/** @returns after how many seconds it may be tried again */
async function failUntilRefused(server: TestApp, email: string, cookie?: string): Promise<number> {
  for (;;) {
    const { status, headers } = await login(server, email, WRONG, { cookie });
    if (status === 429) return Number(headers.get('retry-after'));
  }
}

describeOnEachStore('Wrong passwords of one account', (environment) => {
  let server: TestApp;
  const hasher = new CountingHasher();
  const mails = new CapturedMails();
  let email: string;
  let cookie: string | undefined;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ...SETTINGS, ...environment() },
      providers: [{ provide: PasswordHasher, useValue: hasher }, mails.provider],
    });
    server.clock.hold();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    const registered = await server.api.register();
    ({ email } = registered.body.user);
    cookie = cookieOf(registered);
  });

  it('wait longer and longer after the fifth, whatever address they come from', async () => {
    expect(await fail(server, email, 5)).toEqual(Array(5).fill('INVALID_CREDENTIALS'));
    for (const wait of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      const refused = await login(server, email, WRONG);
      expectProblem(refused, 429, 'ACCOUNT_THROTTLED');
      const retryAfter = Number(refused.headers.get('retry-after'));
      expect(retryAfter).toBe(wait);
      expect(refused.headers.get('ratelimit-policy')).toBe('"login";q=5;w=60');
      server.clock.advance(retryAfter * 1000);
      expect((await login(server, email, WRONG)).body.code).toBe('INVALID_CREDENTIALS');
    }
  });

  it('are one account however its address is written', async () => {
    const spellings = [email, email.toUpperCase(), email.replace('user', 'User')];
    const codes = [];
    for (let time = 0; time < 6; time += 1)
      codes.push((await login(server, spellings[time % 3] ?? '', WRONG)).body.code);
    expect(codes).toEqual([...Array<string>(5).fill('INVALID_CREDENTIALS'), 'ACCOUNT_THROTTLED']);
  });

  it('are verified five times when 100 come at once, and no password is looked at while the account waits', async () => {
    hasher.verified = 0;
    const answers = await Promise.all(Array.from({ length: 100 }, () => login(server, email, WRONG)));

    expect(answers.filter(({ body }) => body.code === 'INVALID_CREDENTIALS')).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'ACCOUNT_THROTTLED')).toHaveLength(95);
    expect(hasher.verified).toBe(5);
  });

  it('cannot be told from those of an account that does not exist, in anything but numbers', async () => {
    const unknown = uniqueEmail();
    const numbersAway = (text: string) => text.replaceAll(/\d+/g, '#');
    for (let time = 0; time < 8; time += 1) {
      const [known, other] = [await login(server, email, WRONG), await login(server, unknown, WRONG)];
      expect(other.status).toBe(known.status);
      expect(numbersAway(JSON.stringify(other.body))).toBe(numbersAway(JSON.stringify(known.body)));
      const headersOf = ({ headers }: typeof known) =>
        [...headers].map(([name, value]) => [
          name,
          ['date', 'x-request-id'].includes(name) ? '' : numbersAway(value),
        ]);
      expect(headersOf(other)).toEqual(headersOf(known));
    }
  });

  it('do not keep out a device that has logged in before, which passes as often as it likes', async () => {
    await fail(server, email, 6);
    expectProblem(await login(server, email, PASSWORD), 429, 'ACCOUNT_THROTTLED');
    for (let time = 0; time < 3; time += 1) {
      const passed = await login(server, email, PASSWORD, { cookie });
      expect(passed.status).toBe(200);
      cookie = cookieOf(passed);
    }
    // A stranger gains nothing by it.
    expectProblem(await login(server, email, PASSWORD), 429, 'ACCOUNT_THROTTLED');
  });

  it('from a known device throttle that device only', async () => {
    const others = await cookiesOf(server, email, 20);
    expect(await fail(server, email, 6, { cookie })).toEqual([
      ...Array<string>(5).fill('INVALID_CREDENTIALS'),
      'ACCOUNT_THROTTLED',
    ]);
    expectProblem(await login(server, email, PASSWORD, { cookie }), 429, 'ACCOUNT_THROTTLED');
    const statuses = await Promise.all(
      others.map(async (other) => (await login(server, email, PASSWORD, { cookie: other })).status),
    );
    // Of four devices that there can be, it is one.
    expect(statuses).toContain(200);
    expect((await login(server, email, PASSWORD)).status).toBe(200);
  });

  describe('are an account’s where the device knew', () => {
    const NEW_PASSWORD = 'purple monkey dishwasher tuesday';
    const from = () => ({ 'x-forwarded-for': newAddress() });
    let cookies: (string | undefined)[];

    beforeEach(async () => {
      cookies = [cookie, ...(await cookiesOf(server, email, 4))];
    });
    /** Five of them are all that there is for all clients. */
    const expectUnknown = async () => {
      for (const one of cookies) {
        const refused = await login(server, email, WRONG, { cookie: one });
        expectProblem(refused, 401, 'INVALID_CREDENTIALS');
      }
      expectProblem(await login(server, email, WRONG), 429, 'ACCOUNT_THROTTLED');
      for (const one of cookies)
        expectProblem(await login(server, email, WRONG, { cookie: one }), 429, 'ACCOUNT_THROTTLED');
    };

    it('a password that was changed', async () => {
      const { accessToken: token } = (await login(server, email, PASSWORD)).body;
      const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      const changed = await server.api.post('/api/auth/password/change', change, { token, headers: from() });
      expect(changed.status).toBe(204);
      await expectUnknown();
      server.clock.advance(900_000);
      cookie = cookieOf(await login(server, email, NEW_PASSWORD));
      await fail(server, email, 2);
      expect((await login(server, email, NEW_PASSWORD, { cookie })).status).toBe(200);
    });

    it('a password that was reset', async () => {
      await server.api.post('/api/auth/password/forgot', { email }, { headers: from() });
      const token = mails.token(email, 'password-reset');
      const reset = { token, password: NEW_PASSWORD };
      expect((await server.api.post('/api/auth/password/reset', reset, { headers: from() })).status).toBe(
        204,
      );
      await expectUnknown();
    });

    it('an account that was deleted, even if there is another of the same address and password', async () => {
      const { accessToken: token } = (await login(server, email, PASSWORD)).body;
      const json = { password: PASSWORD };
      const deleted = await server.api.request('DELETE', '/api/profile', { token, json, headers: from() });
      expect(deleted.status).toBe(204);
      await expectUnknown();
      server.clock.advance(24 * 60 * MINUTE);
      await server.api.register({ email });
      await expectUnknown();
    });
  });

  it('are an account’s where the device is that of another account, or forged', async () => {
    const stranger = cookieOf(await server.api.register());
    await fail(server, email, 5, { cookie: stranger });
    for (const forged of [
      stranger,
      `lk_device=${randomBytes(55).toString('base64url')}`,
      'lk_device=',
      'lk_device',
    ]) {
      expectProblem(await login(server, email, PASSWORD, { cookie: forged }), 429, 'ACCOUNT_THROTTLED');
    }
  });

  it('lock no user out for good: after the longest wait the right password opens', async () => {
    for (let failures = 0; failures < 40; failures += 1) {
      await fail(server, email, 1);
      server.clock.advance(15 * MINUTE);
    }
    expect((await login(server, email, PASSWORD)).status).toBe(200);
  });

  it('are forgotten with time', async () => {
    await fail(server, email, 5);
    server.clock.advance(6 * 15 * MINUTE);
    expect(await fail(server, email, 6)).toEqual([
      ...Array<string>(5).fill('INVALID_CREDENTIALS'),
      'ACCOUNT_THROTTLED',
    ]);
  });

  it('are not what right ones are: those never add up', async () => {
    for (let time = 0; time < 20; time += 1) expect((await login(server, email, PASSWORD)).status).toBe(200);
  });

  it('are not made to wait anew by a right one', async () => {
    await fail(server, email, 5);
    server.clock.advance(1000);
    for (let time = 0; time < 3; time += 1) expect((await login(server, email, PASSWORD)).status).toBe(200);
    expect(await fail(server, email, 2)).toEqual(['INVALID_CREDENTIALS', 'ACCOUNT_THROTTLED']);
  });

  it('are forgotten with time also where a user logs in more often than the longest wait', async () => {
    await fail(server, email, 5);
    for (let time = 0; time < 15; time += 1) {
      server.clock.advance(5 * MINUTE);
      expect((await login(server, email, PASSWORD)).status).toBe(200);
    }
    expect(await fail(server, email, 6)).toEqual([
      ...Array<string>(5).fill('INVALID_CREDENTIALS'),
      'ACCOUNT_THROTTLED',
    ]);
  });

  it('count under the address that the proxy tells, not under one that the client wrote', async () => {
    const from = newAddress();
    const statuses = [];
    for (let time = 0; time < 6; time += 1) {
      const forged = `${newAddress()}, ${newAddress()}, ${from}`;
      statuses.push((await login(server, uniqueEmail(), WRONG, { from: forged })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

/** What each store counts is held against `test/contracts/attempt-store.spec.ts`; what adds up is the same on each. */
describe('Very many wrong passwords of one account', () => {
  let server: TestApp;
  const hasher = new CountingHasher();
  let email: string;

  beforeAll(async () => {
    server = await startTestApp({
      environment: SETTINGS,
      providers: [{ provide: PasswordHasher, useValue: hasher }],
    });
    server.clock.hold();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ email } = (await server.api.register()).body.user);
  });

  it('are those of four devices, however many cookies the account has given out', async () => {
    const cookies = await cookiesOf(server, email, 40);
    hasher.verified = 0;
    for (const one of cookies) await fail(server, email, 6, { cookie: one });
    expect(hasher.verified).toBeLessThanOrEqual(4 * 5);
    expect(hasher.verified).toBeGreaterThan(5);
    expect(await fail(server, email, 6)).toEqual([
      ...Array<string>(5).fill('INVALID_CREDENTIALS'),
      'ACCOUNT_THROTTLED',
    ]);
  });

  it('of an attacker who holds 8 device cookies are no more than five times those of others', async () => {
    const hours = 3;
    const cookies = [undefined, ...(await cookiesOf(server, email, 8))];
    hasher.verified = 0;
    for (let elapsed = 0; elapsed < hours * 60 * MINUTE;) {
      const waits = await Promise.all(cookies.map((one) => failUntilRefused(server, email, one)));
      const wait = Math.min(...waits) * 1000;
      server.clock.advance(wait);
      elapsed += wait;
    }
    // Once for all clients, and once for each of four devices.
    expect(hasher.verified).toBeLessThanOrEqual((1 + 4) * (5 + 10 + 4 * hours));
    expect(hasher.verified).toBeGreaterThan(5 + 10 + 4 * hours);
  });

  it('of 1,000 addresses are no more than the documented rate in a day', async () => {
    const day = 24 * 60 * MINUTE;
    const strangers = Array.from({ length: 1000 }, newAddress);
    hasher.verified = 0;
    let turn = 0;
    // As soon as the server says that it may be tried again, by three at once.
    for (let elapsed = 0; elapsed < day;) {
      const tries = [0, 1, 2].map((offset) => strangers[(turn + offset) % 1000] ?? '');
      turn += 3;
      const answers = await Promise.all(tries.map((from) => login(server, email, WRONG, { from })));
      const refused = answers.find(
        (answer) => answer.status === 429 && answer.body.code === 'ACCOUNT_THROTTLED',
      );
      const wait = refused ? Number(refused.headers.get('retry-after')) * 1000 : 0;
      server.clock.advance(wait);
      elapsed += wait;
    }
    // Five that are free, ten doublings, and four an hour.
    expect(hasher.verified).toBeLessThanOrEqual(5 + 10 + 96);
    expect(hasher.verified).toBeGreaterThan(50);
  });
});

describe('The device cookie', () => {
  it('is for the login only, out of reach of scripts and other sites', async () => {
    const server = await startTestApp();
    try {
      const registered = await server.api.register();
      const expected =
        /^lk_device=[\w-]{75}; Max-Age=15552000; Path=\/api\/auth\/login; HttpOnly; SameSite=Strict$/;
      expect(registered.headers.getSetCookie()).toEqual([expect.stringMatching(expected)]);
      const answer = await server.api.login(registered.body.user.email);
      expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(expected)]);
      const refused = await server.api.login(registered.body.user.email, WRONG);
      expect(refused.headers.getSetCookie()).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('is Secure, and named so, where PUBLIC_URL is https', async () => {
    const server = await startTestApp({ environment: { PUBLIC_URL: 'https://id.example.com', ...SETTINGS } });
    server.clock.hold();
    try {
      const registered = await server.api.register();
      expect(registered.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^__Secure-lk_device=[\w-]{75}; .*; Secure; SameSite=Strict$/),
      ]);
      const { email } = registered.body.user;
      await fail(server, email, 6);
      const secure = registered.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
      const cookie = `theme=dark; ${secure}; other=1`;
      // One that a plain http site of the same name could have set.
      const plain = secure.replace('__Secure-', '');
      expect((await login(server, email, PASSWORD, { cookie: plain })).status).toBe(429);
      expect((await login(server, email, PASSWORD, { cookie })).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

describe('Wrong passwords of a bearer', () => {
  it('throttle that session only, from whatever address', async () => {
    const server = await startTestApp({ environment: SETTINGS });
    server.clock.hold();
    try {
      const { user, accessToken } = (await server.api.register()).body;
      const other = (await login(server, user.email, PASSWORD)).body.accessToken;
      const change = (
        token: string,
        currentPassword: string,
        newPassword = 'purple monkey dishwasher tuesday',
      ) =>
        server.api.post(
          '/api/auth/password/change',
          { currentPassword, newPassword },
          { token, headers: { 'x-forwarded-for': newAddress() } },
        );
      for (let time = 0; time < 5; time += 1)
        expectProblem(await change(accessToken, WRONG), 401, 'INVALID_CREDENTIALS');
      expectProblem(await change(accessToken, PASSWORD), 429, 'ACCOUNT_THROTTLED');
      expect((await login(server, user.email, PASSWORD)).status).toBe(200);
      expect((await change(other, PASSWORD)).status).toBe(204);
    } finally {
      await server.close();
    }
  });
});
