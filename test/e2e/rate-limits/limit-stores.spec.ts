import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { PasswordHasher, type PasswordVerification } from '../../../src/auth/passwords/password-hasher.js';
import { Clock } from '../../../src/common/clock.js';
import { AttemptStore } from '../../../src/throttling/account/attempt-store.js';
import { RequestCounts } from '../../../src/throttling/requests/request-counts.js';
import { StoreCircuitBreaker } from '../../../src/throttling/store/store-circuit-breaker.js';
import { StoragePurge } from '../../../src/database/purge/storage-purge.js';
import { openNetwork, type Network } from '../../integration/network.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import {
  describeWithPostgres,
  describeWithRedis,
  type TestDatabase,
} from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';

const LIMITS = {
  LOGIN_RATE_LIMIT: '5/1h',
  ACCOUNT_FAILURES: '8',
  TRUST_PROXY: '1',
  APP_SECRET: randomBytes(48).toString('base64'),
  PUBLIC_URL: 'http://localhost:3000',
};

const someAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

function login(server: TestApp, from: string, email = uniqueEmail(), password = 'wrong password') {
  const headers = { 'x-forwarded-for': from };
  return server.api.post<SignedIn>('/api/auth/login', { email, password }, { headers });
}

/** So many tries, by turns at each server. */
async function codesOf(
  servers: readonly TestApp[],
  count: number,
  attempt: (server: TestApp) => ReturnType<typeof login>,
) {
  const codes = [];
  for (let turn = 0; turn < count; turn += 1)
    codes.push((await attempt(servers[turn % servers.length] as TestApp)).body.code);
  return codes;
}

const times = (count: number, code: string) => Array<string>(count).fill(code);
const fromOneAddress = (servers: readonly TestApp[], count: number, address = someAddress()) =>
  codesOf(servers, count, (server) => login(server, address));
const atOneAccount = (servers: readonly TestApp[], count: number, email = uniqueEmail()) =>
  codesOf(servers, count, (server) => login(server, someAddress(), email));

const WRONG = 'INVALID_CREDENTIALS';
const SHARED = [...times(5, WRONG), ...times(3, 'RATE_LIMITED')];
const SHARED_ACCOUNT = [...times(8, WRONG), ...times(2, 'ACCOUNT_THROTTLED')];

/** Waits for the store as long as it takes, until a test is about one that is gone: a busy machine is slow, too. */
class TestPatience extends StoreCircuitBreaker {
  static endless = true;

  override ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    return TestPatience.endless ? question() : super.ask(question);
  }
}

/** Hashes nothing. While it is held, no password is found right or wrong. */
class HeldHasher extends PasswordHasher {
  static held: Promise<void> | undefined;
  static release: () => void = () => undefined;

  static hold(): void {
    HeldHasher.held = new Promise((resolve) => {
      HeldHasher.release = resolve;
    });
  }

  hash(password: string): Promise<string> {
    return Promise.resolve(`plain:${password}`);
  }

  async verify(password: string, hash: string | null): Promise<PasswordVerification> {
    await HeldHasher.held;
    return { matches: hash === `plain:${password}`, outdated: false };
  }
}

function start(environment: TestEnvironment): Promise<TestApp> {
  TestPatience.endless = true;
  const providers = [
    { provide: StoreCircuitBreaker, useClass: TestPatience },
    { provide: PasswordHasher, useClass: HeldHasher },
  ];
  return startTestApp({ environment: { ...LIMITS, ...environment }, providers });
}

async function expectToShare(servers: readonly TestApp[]): Promise<void> {
  expect(await fromOneAddress(servers, 8)).toEqual(SHARED);
  expect(await atOneAccount(servers, 10)).toEqual(SHARED_ACCOUNT);
  const email = uniqueEmail();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, turn) => login(servers[turn % 2] as TestApp, someAddress(), email)),
  );
  expect(answers.filter(({ body }) => body.code === WRONG)).toHaveLength(8);
}

/** Eight logins at the first server are being verified when eight come to the second, and find no room. */
async function codesWhileOthersPend(
  [first, second]: readonly [TestApp, TestApp],
  password: string,
): Promise<(string | undefined)[]> {
  const email = uniqueEmail();
  for (const { api } of [first, second]) await api.register({ email });
  HeldHasher.hold();
  const atOnce = (server: TestApp) =>
    Array.from({ length: 8 }, () => login(server, someAddress(), email, password));
  const underWay = counted(first, (allowed) => allowed);
  const verified = atOnce(first);
  await underWay;
  const refused = counted(second, (allowed) => !allowed);
  const waiting = atOnce(second);
  await refused;
  HeldHasher.release();
  const answers = await Promise.all([...verified, ...waiting]);
  return answers.map(({ status, body }) => (status === 200 ? 'OK' : body.code));
}

/** Resolves when eight tries have been counted, or not been. */
function counted(server: TestApp, fits: (allowed: boolean) => boolean): Promise<void> {
  const store = server.app.get(AttemptStore);
  const count = store.count.bind(store);
  let left = 8;
  return new Promise((resolve) => {
    store.count = async (...asked) => {
      const answer = await count(...asked);
      if (fits(answer.allowed)) left -= 1;
      if (left === 0) {
        store.count = count;
        resolve();
      }
      return answer;
    };
  });
}

async function expectToWaitForEachOther(servers: readonly TestApp[]): Promise<void> {
  const both = servers as readonly [TestApp, TestApp];
  expect(await codesWhileOthersPend(both, PASSWORD)).toEqual(times(16, 'OK'));
  const guesses = await codesWhileOthersPend(both, 'wrong password');
  expect(guesses.filter((code) => code === WRONG)).toHaveLength(8);
  expect(guesses.filter((code) => code === 'ACCOUNT_THROTTLED')).toHaveLength(8);
}

describeWithPostgres('two servers with one PostgreSQL', () => {
  let database: TestDatabase;
  let networks: Network[];
  let servers: TestApp[];
  let operator: pg.Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    networks = await Promise.all([openNetwork(database.url), openNetwork(database.url)]);
    servers = [];
    for (const { url } of networks) servers.push(await start({ DATABASE_URL: url }));
    for (const { clock } of servers) clock.hold();
    operator = new pg.Client({ connectionString: database.url });
    await operator.connect();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    for (const network of networks) network.close();
    await operator.end();
    await database.drop();
  });

  it('count together, and are not overdrawn by many callers that ask both at once', async () => {
    await expectToShare(servers);
  });

  it('let right passwords at once wait for those that the other verifies, and wrong ones cost the same', async () => {
    await expectToWaitForEachOther(servers);
  });

  it('know a device that the other has seen', async () => {
    const [first, second] = servers as [TestApp, TestApp];
    const registered = await first.api.register();
    const { email } = registered.body.user;
    await atOneAccount(servers, 9, email);
    const cookie = registered.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    const headers = { cookie, 'x-forwarded-for': someAddress() };
    const answer = await second.api.post('/api/auth/login', { email, password: PASSWORD }, { headers });
    expect(answer.status).toBe(200);
  });

  it('keep no e-mail address with the counts', async () => {
    const email = uniqueEmail();
    await atOneAccount(servers, 2, email);
    const { rows } = await operator.query('select * from latchkey.failed_attempts');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(email.slice(0, 20));
  });

  it('limit on while the tables do not answer, each for itself from what it knew, and together after that', async () => {
    const [first] = servers as [TestApp];
    const address = someAddress();
    const email = uniqueEmail();
    expect(await fromOneAddress([first], 3, address)).toEqual(times(3, WRONG));
    expect(await atOneAccount([first], 6, email)).toEqual(times(6, WRONG));

    TestPatience.endless = false;
    await operator.query('begin');
    await operator.query(
      'lock table latchkey.rate_limits, latchkey.failed_attempts in access exclusive mode',
    );
    const begun = performance.now();
    expect(await fromOneAddress([first], 4, address)).toEqual([
      ...times(2, WRONG),
      ...times(2, 'RATE_LIMITED'),
    ]);
    expect(await atOneAccount([first], 4, email)).toEqual([
      ...times(2, WRONG),
      ...times(2, 'ACCOUNT_THROTTLED'),
    ]);
    // The statements themselves would wait for 15 s.
    expect(performance.now() - begun).toBeLessThan(14_000);
    await operator.query('rollback');

    await eventually(async () => expect(await fromOneAddress(servers, 8)).toEqual(SHARED));
    await eventually(async () => expect(await atOneAccount(servers, 10)).toEqual(SHARED_ACCOUNT));
  });

  it('purge what has run out', async () => {
    const [first] = servers as [TestApp];
    await fromOneAddress(servers, 2);
    for (const { app } of servers) await app.get(RequestCounts).beforeApplicationShutdown();
    const day = 48 * 3_600_000;
    const clock = first.app.get(Clock);
    const [now, monotonic] = [Date.now(), clock.monotonic()];
    clock.now = () => now + day;
    clock.monotonic = () => monotonic + day;
    await first.app.get(StoragePurge).run();
    for (const table of ['rate_limits', 'failed_attempts']) {
      expect((await operator.query(`select key from latchkey.${table}`)).rows).toEqual([]);
    }
  });
});

describeWithRedis('two servers with one Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  let servers: TestApp[];

  beforeAll(async () => {
    redis = await startRedisServer();
    servers = [];
    for (let count = 0; count < 2; count += 1) servers.push(await start({ REDIS_URL: redis.url }));
    for (const { clock } of servers) clock.hold();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await redis.stop();
  });

  it('count together, and are not overdrawn by many callers that ask both at once', async () => {
    await expectToShare(servers);
  });

  it('let right passwords at once wait for those that the other verifies, and wrong ones cost the same', async () => {
    await expectToWaitForEachOther(servers);
  });

  it('limit on when Redis is killed, each for itself from what it knew, and together when it is back', async () => {
    const [first] = servers as [TestApp];
    const address = someAddress();
    const email = uniqueEmail();
    expect(await fromOneAddress([first], 3, address)).toEqual(times(3, WRONG));
    expect(await atOneAccount([first], 6, email)).toEqual(times(6, WRONG));

    TestPatience.endless = false;
    await redis.kill();
    expect(await fromOneAddress([first], 4, address)).toEqual([
      ...times(2, WRONG),
      ...times(2, 'RATE_LIMITED'),
    ]);
    expect(await atOneAccount([first], 4, email)).toEqual([
      ...times(2, WRONG),
      ...times(2, 'ACCOUNT_THROTTLED'),
    ]);
    for (const server of servers) {
      expect(await fromOneAddress([server], 8)).toEqual(SHARED);
      expect(await atOneAccount([server], 10)).toEqual(SHARED_ACCOUNT);
    }

    redis = await redis.startAgain();
    await eventually(async () => expect(await fromOneAddress(servers, 8)).toEqual(SHARED));
    await eventually(async () => expect(await atOneAccount(servers, 10)).toEqual(SHARED_ACCOUNT));
  });

  it('limit on while Redis stands still, each for itself, answer all else, and count together once it goes on', async () => {
    TestPatience.endless = false;
    redis.pause();
    try {
      for (const server of servers) {
        expect(await fromOneAddress([server], 8)).toEqual(SHARED);
        const { status, body } = await server.api.register();
        expect([status, (await server.api.profile(body.accessToken)).status]).toEqual([201, 200]);
        expect((await server.api.refresh(body.refreshToken)).status).toBe(200);
      }
    } finally {
      redis.resume();
    }
    await eventually(async () => expect(await fromOneAddress(servers, 8)).toEqual(SHARED));
    await eventually(async () => expect(await atOneAccount(servers, 10)).toEqual(SHARED_ACCOUNT));
  });
});
