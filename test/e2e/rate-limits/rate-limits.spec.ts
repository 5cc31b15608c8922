import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Provider } from '@nestjs/common';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { NetworkServer } from '../../support/network-server.js';
import { describeWithRedis, redis } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { IMPATIENT_STORES } from '../../support/patient-stores.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TestEnvironment } from '../../support/test-config.js';
import { expectProblem } from '../support/problems.js';

const SECRET = randomBytes(48).toString('base64');
const LIMITS = { LOGIN_RATE_LIMIT: '5/1m', REAUTHENTICATION_RATE_LIMIT: '5/1m' };

/** One database for the servers that follow one another: making one takes longer than opening it. */
const directory = temporaryDirectory();
const start = (environment: TestEnvironment, providers: Provider[] = []) =>
  startTestApp({ dataDir: directory.path, environment: { APP_SECRET: SECRET, ...environment }, providers });

afterAll(() => {
  directory.remove();
});

/** A login from an address that a proxy tells of. */
function loginFrom({ api }: TestApp, forwardedFor: string, email = 'nobody@example.com') {
  return api.post<SignedIn>(
    '/api/auth/login',
    { email, password: PASSWORD },
    { headers: { 'x-forwarded-for': forwardedFor } },
  );
}

/** The statuses of so many logins, one after the other. */
async function statusesOf(server: TestApp, count: number, addressOf: (attempt: number) => string) {
  const statuses = [];
  for (let attempt = 0; attempt < count; attempt += 1) {
    statuses.push((await loginFrom(server, addressOf(attempt))).status);
  }
  return statuses;
}

const ALLOWED_FIVE_TIMES = [401, 401, 401, 401, 401, 429];

/** An address that no other test, and no other run against the same Redis, has counted. */
const someAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
const someGroup = () => randomInt(1, 65_535).toString(16);
const someNetwork = () => `2001:${someGroup()}:${someGroup()}:${someGroup()}`;

describe('logins from one address', () => {
  let server: TestApp;
  let account: SignedIn;

  beforeAll(async () => {
    server = await start(LIMITS);
    account = (await server.api.register()).body;
  });

  afterAll(async () => {
    await server.close();
  });

  it('are refused from the sixth in a minute on, also with the right password, and told for how long', async () => {
    const { api } = server;
    const { email } = account.user;
    for (let left = 4; left >= 0; left -= 1) {
      // Right and wrong ones are counted alike.
      const answer = await api.login(email, left % 2 === 0 ? PASSWORD : 'wrong password');
      expect(answer.status).toBe(left % 2 === 0 ? 200 : 401);
      expect(answer.headers.get('ratelimit-policy')).toBe('"login";q=5;w=60');
      expect(answer.headers.get('ratelimit')).toMatch(
        new RegExp(`^"login";r=${left};t=([1-9]|[1-5]\\d|60)$`),
      );
      expect(answer.headers.get('retry-after')).toBeNull();
    }
    for (let refusals = 0; refusals < 3; refusals += 1) {
      const answer = await api.login(email, PASSWORD);
      expectProblem(answer, 429, 'RATE_LIMITED');
      const retryAfter = answer.headers.get('retry-after');
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
      expect(Number(retryAfter)).toBeLessThanOrEqual(60);
      expect(answer.headers.get('ratelimit')).toBe(`"login";r=0;t=${retryAfter}`);
      expect(answer.headers.get('ratelimit-policy')).toBe('"login";q=5;w=60');
    }
  });

  it('are refused whatever X-Forwarded-For and its like say, since no proxy is trusted', async () => {
    expect(await statusesOf(server, 3, () => someAddress())).toEqual([429, 429, 429]);
    for (const name of [
      'x-real-ip',
      'forwarded',
      'true-client-ip',
      'cf-connecting-ip',
      'client-ip',
      'x-client-ip',
    ]) {
      const answer = await server.api.post(
        '/api/auth/login',
        { email: uniqueEmail(), password: PASSWORD },
        { headers: { [name]: name === 'forwarded' ? `for=${someAddress()}` : someAddress() } },
      );
      expect([name, answer.status]).toEqual([name, 429]);
    }
  });

  it('are refused before their body is looked at', async () => {
    expectProblem(await server.api.post('/api/auth/login', { nonsense: 1 }), 429, 'RATE_LIMITED');
  });

  it('leave everything else open', async () => {
    const { api } = server;
    expect((await api.profile(account.accessToken)).status).toBe(200);
    expect((await api.refresh(account.refreshToken)).status).toBe(200);
    expect((await api.register()).status).toBe(201);
    expect((await api.get('/health/live')).status).toBe(200);
  });

  it('and password changes have counters of their own', async () => {
    const attempt = () =>
      server.api.post(
        '/api/auth/password/change',
        { currentPassword: 'wrong password', newPassword: 'purple monkey dishwasher tuesday' },
        { token: account.accessToken },
      );
    const statuses = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await attempt()).status);
    expect(statuses).toEqual(ALLOWED_FIVE_TIMES);
  });
});

describe('the quota', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await start({
      LOGIN_RATE_LIMIT: '2/1s',
      REGISTER_RATE_LIMIT: '2/1h',
      REFRESH_RATE_LIMIT: '3/1h',
    });
  });

  afterAll(async () => {
    await server.close();
  });

  it('is full again when its window has passed', async () => {
    const login = () => server.api.login('nobody@example.com');
    let answer = await login();
    while (answer.status !== 429) answer = await login();
    // Each answer is an event to wait for; refused attempts do not lengthen the wait.
    while (answer.status === 429) answer = await login();
    expect(answer.status).toBe(401);
  });

  it('is a setting of its own for registration and refresh', async () => {
    const { api } = server;
    const registered = [await api.register(), await api.register(), await api.register()];
    expect(registered.map((answer) => answer.status)).toEqual([201, 201, 429]);
    expect(registered[2]?.headers.get('ratelimit-policy')).toBe('"register";q=2;w=3600');
    let { refreshToken } = (registered[0]?.body ?? {}) as SignedIn;
    const statuses = [];
    for (let count = 0; count < 4; count += 1) {
      const answer = await api.refresh(refreshToken);
      statuses.push(answer.status);
      refreshToken = answer.body.refreshToken;
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});

describe('behind one trusted proxy', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await start({ ...LIMITS, TRUST_PROXY: '1' });
  });

  afterAll(async () => {
    await server.close();
  });

  it('each client has a quota of its own', async () => {
    expect(await statusesOf(server, 12, (attempt) => `198.51.100.${attempt}`)).toEqual(Array(12).fill(401));
    const address = someAddress();
    expect(await statusesOf(server, 6, () => address)).toEqual(ALLOWED_FIVE_TIMES);
  });

  it('a quota is not overdrawn by many callers at once', async () => {
    const address = someAddress();
    const answers = await Promise.all(Array.from({ length: 20 }, () => loginFrom(server, address)));
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(15);
  });

  it('the address that the proxy added counts, and not those that the client wrote before it', async () => {
    const address = someAddress();
    const forged = (attempt: number) => `198.51.100.${attempt}, 203.0.113.${attempt}, ${address}`;
    expect(await statusesOf(server, 6, forged)).toEqual(ALLOWED_FIVE_TIMES);
  });

  it('an IPv6 client is counted by its /64, however many addresses it takes from it', async () => {
    const network = someNetwork();
    const addresses = [
      `${network}::1`,
      `${network}:ffff:ffff:ffff:ffff`,
      `${network}:0:0:0:2`,
      `${network.toUpperCase()}::3`,
      `${network}:a:b:c:d`,
      `${network}::4`,
    ];
    expect(await statusesOf(server, 6, (attempt) => addresses[attempt] ?? '')).toEqual(ALLOWED_FIVE_TIMES);
  });

  it('neighbouring IPv6 networks are counted apart', async () => {
    const network = someNetwork();
    const prefix = network.slice(0, network.lastIndexOf(':'));
    expect(await statusesOf(server, 12, (attempt) => `${prefix}:${attempt}::1`)).toEqual(Array(12).fill(401));
  });

  it('a /48 of IPv6 has sixteen quotas, however many of its networks ask', async () => {
    const network = someNetwork();
    const prefix = network.slice(0, network.lastIndexOf(':'));
    const statuses = await statusesOf(server, 16 * 5 + 1, (attempt) => `${prefix}:${attempt}::1`);
    expect(statuses).toEqual([...Array<number>(16 * 5).fill(401), 429]);
  });

  it('an IPv4 address written as IPv6 is the same client', async () => {
    const address = someAddress();
    const written = (attempt: number) => (attempt % 2 === 0 ? address : `::ffff:${address}`);
    expect(await statusesOf(server, 6, written)).toEqual(ALLOWED_FIVE_TIMES);
  });

  it('what is no address is limited, too', async () => {
    expect(await statusesOf(server, 6, () => 'unknown')).toEqual(ALLOWED_FIVE_TIMES);
  });
});

describe('with a Redis that does not answer', () => {
  const areLimited = async (port: number) => {
    const environment = { ...LIMITS, TRUST_PROXY: '1', REDIS_URL: `redis://127.0.0.1:${port}` };
    const server = await start(environment, [IMPATIENT_STORES]);
    try {
      const address = someAddress();
      expect(await statusesOf(server, 6, () => address)).toEqual(ALLOWED_FIVE_TIMES);
      expect((await loginFrom(server, someAddress())).status).toBe(401);
    } finally {
      await server.close();
    }
  };

  it('logins are limited all the same', async () => {
    await areLimited(await freePort());
  });

  it('and hangs up without an error, logins are limited all the same', async () => {
    const other = await NetworkServer.start((socket) => socket.on('data', () => socket.end()));
    try {
      await areLimited(other.port);
    } finally {
      await other.stop();
    }
  });
});

describeWithRedis('two servers with one Redis', () => {
  let servers: TestApp[];

  beforeAll(async () => {
    const environment = { ...LIMITS, TRUST_PROXY: '1', REDIS_URL: redis?.url ?? '' };
    servers = await Promise.all([start(environment), startTestApp({ environment })]);
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  it('count together', async () => {
    const address = someAddress();
    const answers = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const server = servers[attempt % 2] as TestApp;
      answers.push(await loginFrom(server, address));
    }
    expect(answers.map((answer) => answer.status)).toEqual(ALLOWED_FIVE_TIMES);
    for (const server of servers) expectProblem(await loginFrom(server, address), 429, 'RATE_LIMITED');
  });

  it('are overdrawn by half a quota at most by many callers that ask both at once, and by no more after that', async () => {
    const address = someAddress();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, attempt) => loginFrom(servers[attempt % 2] as TestApp, address)),
    );
    const allowed = answers.filter((answer) => answer.status === 401).length;
    expect(allowed).toBeGreaterThanOrEqual(5);
    expect(allowed).toBeLessThanOrEqual(5 + 2);
    for (const server of servers) expectProblem(await loginFrom(server, address), 429, 'RATE_LIMITED');
  });

  it('count each client apart', async () => {
    for (const server of servers) expect((await loginFrom(server, someAddress())).status).toBe(401);
  });
});
