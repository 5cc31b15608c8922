import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.js';
import { Draining } from '../../../src/common/draining.js';
import { PostgresConnection } from '../../../src/database/postgres-connection.js';
import { ReadOnlyDatabaseError } from '../../../src/database/read-only.js';
import type { Problem } from '../../support/api-client.js';
import { logLines } from '../../support/log-lines.js';
import { describeWithPostgres, describeWithRedis } from '../../support/services/available.js';
import { startPostgresPair, startPostgresServer } from '../../support/services/start-postgres.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { EMBEDDED } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const ALL_WELL = {
  accepting: 'ok',
  database: 'ok',
  sessions: 'ok',
  keys: 'ok',
  revocations: 'ok',
  hashQueue: 'ok',
};

interface Ready {
  readonly status: string | number;
  readonly checks: Record<string, string>;
}

const readyOf = ({ api }: TestApp) => api.get<Ready>('/health/ready');

async function expectReady(server: TestApp): Promise<void> {
  const { status, body } = await readyOf(server);
  expect([status, body]).toEqual([200, { status: 'ok', checks: ALL_WELL }]);
}

/** That these checks fail, and no other. */
async function expectFailed(server: TestApp, ...names: (keyof typeof ALL_WELL)[]): Promise<void> {
  const answer = await server.api.get<Problem>('/health/ready');
  expectProblem(answer, 503, 'UNAVAILABLE');
  const failed = Object.fromEntries(names.map((name) => [name, 'failed']));
  expect(answer.body.checks).toEqual({ ...ALL_WELL, ...failed });
  expect(answer.body.detail).toBe(`These checks failed: ${names.join(', ')}.`);
  expect((await server.api.get('/health/live')).status).toBe(200);
}

describe('GET /health/ready', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { ...EMBEDDED, BCRYPT_COST: '12', HASH_WORKERS: '1', LOGIN_RATE_LIMIT: '1000/1m' },
    });
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(() => server.close());

  it('names each check, on the embedded database, too', async () => {
    await expectReady(server);
  });

  it('says that hashing is busy while as many passwords wait as may, and is 200: the rest is served', async () => {
    const gone = new AbortController();
    const logins = Array.from({ length: 40 }, () =>
      fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com', password: 'wrong password' }),
        signal: gone.signal,
      }),
    );
    expect((await Promise.race(logins)).status).toBe(503);
    const { status, body } = await readyOf(server);
    expect([status, body]).toEqual([200, { status: 'ok', checks: { ...ALL_WELL, hashQueue: 'busy' } }]);
    gone.abort();
    await Promise.allSettled(logins);
    await eventually(() => expectReady(server));
  });

  it('is 503 where hashing has come to a stop', async () => {
    jest
      .spyOn(server.app.get(PasswordHasher), 'load', 'get')
      .mockReturnValue({ running: 1, waiting: 0, waitingMax: 16, refused: 0, stuckFor: 31_000 });
    await expectFailed(server, 'hashQueue');
  });

  it('is 503 once the instance was told to stop', async () => {
    jest.spyOn(server.app.get(Draining), 'hasBegun', 'get').mockReturnValue(true);
    await expectFailed(server, 'accepting');
  });
});

describeWithPostgres('GET /health/ready on PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
  let operator: pg.Client;
  let server: TestApp;

  beforeAll(async () => {
    postgres = await startPostgresServer();
    operator = new pg.Client({ connectionString: postgres.url });
    operator.on('error', () => undefined);
    await operator.connect();
    server = await startTestApp({
      environment: { DATABASE_URL: postgres.url, REVOCATION_MAX_STALENESS: '1s' },
    });
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await server.close();
    await operator.end();
    await postgres.stop();
  });

  /** What reads the table waits until the test lets go of it. */
  const hold = async (table: string) => {
    await operator.query('begin');
    await operator.query(`lock table latchkey.${table} in access exclusive mode`);
  };

  it('knows of a database that became read-only before any write was refused, and tells the log once', async () => {
    const readOnly = async (value: string) => {
      await operator.query(`alter system set default_transaction_read_only = ${value}`);
      await operator.query('select pg_reload_conf()');
    };
    await operator.query('set default_transaction_read_only = off');
    const lines = logLines();
    await expectReady(server);
    await readOnly('on');
    await eventually(() => expectFailed(server, 'database'));
    await expectFailed(server, 'database');
    await readOnly('off');
    await eventually(() => expectReady(server));
    const told = lines.filter((line) => /ready/i.test(line));
    expect(told).toEqual([
      expect.stringContaining('Not ready: database (it takes no writes: it is a standby, or'),
      expect.stringContaining('Ready again.'),
    ]);
  });

  it('is 503 while the revocations are too old to trust, and keeps what is well apart', async () => {
    await hold('revocations');
    await eventually(() => expectFailed(server, 'revocations'));
    await operator.query('rollback');
    await eventually(() => expectReady(server));
  });

  it('is 503 while it is not known which signing keys are good', async () => {
    await hold('signing_keys');
    await eventually(() => expectFailed(server, 'keys'));
    await operator.query('rollback');
    await eventually(() => expectReady(server));
  });

  // The last: it does not come back.
  it('is 503 while the database is gone, without a word of why or where', async () => {
    await postgres.kill();
    await eventually(() => expectFailed(server, 'database', 'keys', 'revocations'));
    const { body } = await readyOf(server);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|5432/);
  });
});

describeWithPostgres('A hot standby', () => {
  it('answers, and is known to take no writes', async () => {
    const { primary, standby } = await startPostgresPair();
    try {
      const open = (url: string) => PostgresConnection.open(url, { poolMax: 1, schema: undefined });
      const [writable, following] = [await open(primary.url), await open(standby.url)];
      await expect(writable.ping()).resolves.toBeUndefined();
      await expect(following.ping()).rejects.toThrow(ReadOnlyDatabaseError);
      await standby.run('select pg_promote()');
      await eventually(() => expect(following.ping()).resolves.toBeUndefined());
      await Promise.all([writable.close(), following.close()]);
    } finally {
      await standby.stop();
      await primary.stop();
    }
  });
});

describeWithRedis('GET /health/ready with sessions in Redis', () => {
  it('is 503 while their store is gone, and ready again by itself', async () => {
    const redis = await startRedisServer();
    const server = await startTestApp({ environment: { REDIS_URL: redis.url, SESSION_STORE: 'redis' } });
    let again: Pick<typeof redis, 'stop'> = redis;
    try {
      await expectReady(server);
      await redis.kill();
      await eventually(async () => {
        const { status, body } = await readyOf(server);
        expect([status, body.checks['sessions'], body.checks['database']]).toEqual([503, 'failed', 'ok']);
      });
      again = await redis.startAgain();
      await eventually(() => expectReady(server));
    } finally {
      await server.close();
      await again.stop();
    }
  });
});
