import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ApiClient, uniqueEmail, PASSWORD } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { NetworkServer } from '../../support/network-server.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../../support/services/migrated-database.js';
import {
  temporaryDirectory,
  type TemporaryDirectory,
  type TestEnvironment,
  testEnvironment,
} from '../../support/test-config.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';

const CRASHES = 3;

describe('stopping, on PGlite', () => {
  let directory: TemporaryDirectory;

  beforeEach(async () => {
    directory = temporaryDirectory();
    await copyMigratedDirectory(join(directory.path, 'database'));
  });

  // Before what takes the directory away: hooks of one block run in the order in which they stand.
  stoppingBehaviour(() => testEnvironment(directory.path, { NODE_ENV: 'development' }));

  afterEach(() => {
    directory.remove();
  });
});

describeWithPostgres('stopping, on PostgreSQL', () => {
  let directory: TemporaryDirectory;
  let database: TestDatabase;

  beforeEach(async () => {
    directory = temporaryDirectory();
    database = await createMigratedDatabase();
  });

  stoppingBehaviour(() =>
    testEnvironment(directory.path, { NODE_ENV: 'development', DATABASE_URL: database.url }),
  );

  afterEach(async () => {
    await database.drop();
    directory.remove();
  });
});

/**
 * A request that is certainly in flight: the server has read its head, and said that it waits for its body.
 * @returns what sends the body, and waits for the status
 */
async function begin(
  url: string,
  route: 'login' | 'refresh',
  body: string,
): Promise<() => Promise<number | undefined>> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  };
  const posted = request(`${url}/api/auth/${route}`, { method: 'POST', headers, agent: false });
  posted.flushHeaders();
  await once(posted, 'continue');
  return async () => {
    posted.end(body);
    const [answer] = (await once(posted, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
}

async function expectAnswersAfter(signal: NodeJS.Signals, server: LatchkeyProcess): Promise<void> {
  const { body } = await new ApiClient(server.url).register({ email: uniqueEmail() });
  // The same of each, within the grace.
  const refresh = JSON.stringify({ refreshToken: body.refreshToken });
  const inFlight = await Promise.all(Array.from({ length: 8 }, () => begin(server.url, 'refresh', refresh)));
  server.signal(signal);
  await server.says(/finishing requests in flight/);
  const statuses = await Promise.all(inFlight.map((finish) => finish()));
  expect(statuses).toEqual(Array(8).fill(200));
  expect(await server.exited).toEqual({ code: 0, signal: null });
}

function stoppingBehaviour(environmentOf: () => TestEnvironment): void {
  let environment: TestEnvironment;
  let server: LatchkeyProcess;

  beforeEach(async () => {
    // Long, so that a rotation that was done but not acknowledged can be asked for again after the crash.
    environment = { ...environmentOf(), REFRESH_GRACE: '1h' };
    server = await LatchkeyProcess.start(environment);
  });

  afterEach(async () => {
    await server.stop('SIGKILL');
  });

  it('answers requests in flight after SIGTERM and exits 0', () => expectAnswersAfter('SIGTERM', server));

  it('loses no acknowledged registration or rotation to kill -9', async () => {
    const registered: string[] = [];
    // Every chain's newest token that was acknowledged.
    const chains: string[] = [];
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const api = new ApiClient(server.url);
      const before = registered.length;
      let crashed = false;
      const writers = Array.from({ length: 6 }, async () => {
        while (!crashed) {
          const email = uniqueEmail();
          const { body, status } = await api.register({ email });
          if (status !== 201) continue;
          registered.push(email);
          const chain = chains.push(body.refreshToken) - 1;
          for (let i = 0; i < 5; i += 1) {
            const refreshed = await api.refresh(chains[chain] ?? '');
            if (refreshed.status === 200) chains[chain] = refreshed.body.refreshToken;
          }
        }
      });
      const settled = Promise.allSettled(writers);
      while (registered.length < before + 5 + crash) await new Promise((resolve) => setImmediate(resolve));
      await server.stop('SIGKILL');
      crashed = true;
      await settled;
      server = await LatchkeyProcess.start(environment);
    }

    const api = new ApiClient(server.url);
    // One after the other: all at once are more than are let wait for a hash.
    const statuses = [];
    for (const email of registered) statuses.push((await api.login(email, PASSWORD)).status);
    expect(statuses).toEqual(registered.map(() => 200));
    const refreshes = await Promise.all(chains.map((token) => api.refresh(token)));
    expect(refreshes.map((response) => response.status)).toEqual(chains.map(() => 200));
  });
}

/** What does not depend on the database. */
describe('stopping', () => {
  let store: TestStore;
  let server: LatchkeyProcess | undefined;

  const start = async (settings: TestEnvironment = {}) => {
    store = await createTestStore({ environment: { NODE_ENV: 'development', ...settings } });
    server = await LatchkeyProcess.start(store.environment);
    return server;
  };

  afterEach(async () => {
    await server?.stop('SIGKILL');
    await store.remove();
  });

  it('answers requests in flight after SIGINT and exits 0', async () =>
    expectAnswersAfter('SIGINT', await start()));

  it('answers 503 to logins that take longer than it waits, before it cuts their connections', async () => {
    // Each takes seconds.
    const stopping = await start({ BCRYPT_COST: '16', HASH_WORKERS: '1' });
    const body = JSON.stringify({ email: uniqueEmail(), password: PASSWORD });
    // One is hashed, and the queue holds sixteen.
    const inFlight = await Promise.all(Array.from({ length: 17 }, () => begin(stopping.url, 'login', body)));
    stopping.signal('SIGTERM');
    await stopping.says(/finishing requests in flight/);
    const statuses = await Promise.all(inFlight.map((finish) => finish()));
    // One may have been done.
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(16);
    expect(await stopping.exited).toEqual({ code: 0, signal: null });
  });

  it('does not wait for a connection that sends nothing', async () => {
    const stopping = await start();
    const idle = connect(Number(new URL(stopping.url).port), new URL(stopping.url).hostname);
    await once(idle, 'connect');
    idle.write(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    expect(await stopping.stop()).toEqual({ code: 0, signal: null });
    idle.destroy();
  });
});

describe('a start that a signal breaks off', () => {
  let directory: TemporaryDirectory;
  let environment: TestEnvironment;
  const processes: LatchkeyProcess[] = [];

  beforeEach(() => {
    directory = temporaryDirectory();
    environment = testEnvironment(directory.path, { NODE_ENV: 'development' });
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.stop('SIGKILL')));
    directory.remove();
  });

  const launch = (settings: TestEnvironment = {}) => {
    const process = LatchkeyProcess.launch({ ...environment, ...settings });
    processes.push(process);
    return process;
  };

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'exits 0 at %s without a word while the embedded database is made, and the next start makes it',
    async (signal) => {
      const broken = launch();
      await broken.says(/First start: making the embedded database/);
      broken.signal(signal);
      expect(await broken.exited).toEqual({ code: 0, signal: null });
      expect(broken.stderr).toBe('');

      const next = launch();
      await next.ready();
      expect((await new ApiClient(next.url).register()).status).toBe(201);
    },
  );

  it('exits 0 at SIGTERM while it waits for PostgreSQL', async () => {
    let connected = (): void => undefined;
    const asked = new Promise<void>((resolve) => (connected = resolve));
    const silent = await NetworkServer.start(() => connected());
    const broken = launch({ DATABASE_URL: `postgres://app@127.0.0.1:${silent.port}/app` });
    await asked;
    broken.signal('SIGTERM');
    expect(await broken.exited).toEqual({ code: 0, signal: null });
    expect(broken.stderr).toBe('');
    await silent.stop();
  });

  describeWithPostgres('with PostgreSQL', () => {
    it('exits 0 at SIGTERM while it waits for a lock, and the next start is whole', async () => {
      const database = await createMigratedDatabase();
      const other = new pg.Client({ connectionString: database.url });
      await other.connect();
      await other.query('begin');
      await other.query('lock table latchkey.signing_keys in access exclusive mode');
      const broken = launch({ DATABASE_URL: database.url });
      await eventually(async () => {
        const waiting = `select from pg_locks where not granted and relation = 'latchkey.signing_keys'::regclass`;
        expect((await other.query(waiting)).rowCount).toBe(1);
      });
      broken.signal('SIGTERM');
      await broken.says(/finishing requests in flight/);
      await other.query('rollback');
      await other.end();
      expect(await broken.exited).toEqual({ code: 0, signal: null });
      expect(broken.stdout + broken.stderr).not.toMatch(/^ +at /m);

      const next = launch({ DATABASE_URL: database.url });
      await next.ready();
      expect((await new ApiClient(next.url).register()).status).toBe(201);
      await next.stop();
      await database.drop();
    });
  });
});
