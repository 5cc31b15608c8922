import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { sql } from 'drizzle-orm';
import { DatabaseConnection } from '../../../src/database/database.js';
import type { Problem } from '../../support/api-client.js';
import { describeWithPostgres, describeWithRedis } from '../../support/services/available.js';
import { startPostgresServer } from '../../support/services/start-postgres.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { unprivilegedUser } from '../../support/services/unprivileged-user.js';
import { FULL_DISK, mountSmallDisk } from '../../support/small-disk.js';
import { startTestApp, type TestApp, type TestAppOptions } from '../../support/test-app.js';
import { EMBEDDED } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const DISK = 60;
/** A page that was not full takes some writes more. */
const WRITES_MAX = 300;

/** A store that can be made to refuse writes, while it answers reads. */
interface Trouble {
  readonly app: TestAppOptions;
  begin(server: TestApp): Promise<void>;
  end(server: TestApp): Promise<void>;
  remove(): Promise<void>;
}

describeWithPostgres('While PostgreSQL takes no writes', () => {
  isNotReady('database', async () => {
    const postgres = await startPostgresServer();
    const operator = new pg.Client({ connectionString: postgres.url });
    await operator.connect();
    await operator.query('set default_transaction_read_only = off');
    const readOnly = async (value: 'on' | 'off') => {
      await operator.query(`alter system set default_transaction_read_only = ${value}`);
      await operator.query('select pg_reload_conf()');
    };
    return {
      app: { environment: { DATABASE_URL: postgres.url } },
      begin: () => readOnly('on'),
      end: () => readOnly('off'),
      remove: async () => {
        await operator.end();
        await postgres.stop();
      },
    };
  });
});

describeWithPostgres(
  `While the disk of a role that may only work in its schema is full (${FULL_DISK})`,
  () => {
    isNotReady('database', async () => {
      const postgres = await startPostgresServer();
      const disk = mountSmallDisk(DISK, unprivilegedUser());
      // Where no disk can be mounted, the server is told to refuse: the same answers but for the code.
      const readOnly = (value: string) =>
        postgres.run(
          'set default_transaction_read_only = off',
          `alter system set default_transaction_read_only = ${value}`,
          'select pg_reload_conf()',
        );
      const url = new URL(postgres.url);
      if (disk) await postgres.run(`create tablespace small location '${disk.path}'`);
      await postgres.run(
        "create role narrow login password 'narrow'",
        `create database narrow${disk ? ' tablespace small' : ''}`,
        'revoke all on database narrow from public',
        'grant connect on database narrow to narrow',
      );
      Object.assign(url, { pathname: '/narrow' });
      const owner = new pg.Client({ connectionString: url.href });
      await owner.connect();
      await owner.query('create schema latchkey authorization narrow');
      await owner.end();
      Object.assign(url, { username: 'narrow', password: 'narrow' });
      return {
        app: { environment: { DATABASE_URL: url.href } },
        begin: async () => (disk ? disk.fill() : readOnly('on')),
        end: async () => (disk ? disk.empty() : readOnly('off')),
        remove: async () => {
          await postgres.stop();
          disk?.remove();
        },
      };
    });
  },
);

describe(`While the embedded database's disk is full (${FULL_DISK})`, () => {
  isNotReady('database', () => {
    const disk = mountSmallDisk(DISK);
    // Where no disk can be mounted, its only session is told to refuse: the same answers but for the code.
    const readOnly = async ({ app }: TestApp, value: string) =>
      void (await app
        .get(DatabaseConnection)
        .db.execute(sql.raw(`set default_transaction_read_only = ${value}`)));
    return Promise.resolve({
      // A copy has holes where PostgreSQL's log will be, and without space for its log it cannot go on at all.
      app: disk ? { dataDir: disk.path, migratedBefore: false } : { environment: EMBEDDED },
      begin: async (server) => (disk ? disk.fill() : readOnly(server, 'on')),
      end: async (server) => (disk ? disk.empty() : readOnly(server, 'off')),
      remove: () => Promise.resolve(disk?.remove()),
    });
  });
});

describeWithRedis('While Redis has no memory left for sessions', () => {
  isNotReady('sessions', async () => {
    const redis = await startRedisServer();
    const operator = new Redis(redis.url);
    operator.on('error', () => undefined);
    return {
      app: { environment: { REDIS_URL: redis.url, SESSION_STORE: 'redis' } },
      begin: async () => void (await operator.config('SET', 'maxmemory', '1')),
      end: async () => void (await operator.config('SET', 'maxmemory', '0')),
      remove: async () => {
        operator.disconnect();
        await redis.stop();
      },
    };
  });
});

function isNotReady(check: string, make: () => Promise<Trouble>): void {
  let trouble: Trouble;
  let server: TestApp;

  beforeEach(async () => {
    trouble = await make();
    server = await startTestApp({
      ...trouble.app,
      environment: {
        ...trouble.app.environment,
        REGISTER_RATE_LIMIT: '10000/1m',
        REFRESH_RATE_LIMIT: '10000/1m',
      },
    });
  });
  afterEach(() => server.close());
  // On its own, so that it is done even after a server that could not be closed.
  afterEach(() => trouble.remove());

  const ready = () => server.api.get<Problem>('/health/ready');
  /** @param acknowledged gets the refresh tokens of those that were taken */
  const untilRefused = async (acknowledged: string[]) => {
    for (let written = 0; written < WRITES_MAX; written += 1) {
      const answer = await server.api.register();
      if (answer.status === 503) return answer;
      expect(answer.status).toBe(201);
      acknowledged.push(answer.body.refreshToken);
    }
    throw new Error('Every write was taken.');
  };

  it('writes answer 503 and so does /health/ready, until they are taken again; none that was acknowledged is lost', async () => {
    const { accessToken, refreshToken } = (await server.api.register()).body;
    const acknowledged = [refreshToken];
    await trouble.begin(server);
    // Connections of PostgreSQL read its settings anew one after the other, and the probe may go by one that has not yet.
    await eventually(async () => {
      expectProblem(await untilRefused(acknowledged), 503, 'UNAVAILABLE');
      const answer = await ready();
      expectProblem(answer, 503, 'UNAVAILABLE');
      expect(answer.body.checks).toMatchObject({ [check]: 'failed' });
    });
    expect((await server.api.profile(accessToken)).status).toBe(200);
    expect((await server.api.get('/health/live')).status).toBe(200);

    await trouble.end(server);
    await eventually(async () => expect((await ready()).status).toBe(200));
    expect((await server.api.register()).status).toBe(201);
    const kept: number[] = [];
    for (const token of acknowledged) kept.push((await server.api.refresh(token)).status);
    expect(kept).toEqual(acknowledged.map(() => 200));
  });

  it('while all is well, /health/ready writes nothing', async () => {
    const connection = server.app.get(DatabaseConnection);
    const ping = jest.spyOn(connection, 'ping');
    const transaction = jest.spyOn(connection, 'transaction');
    expect((await ready()).status).toBe(200);
    expect(ping).toHaveBeenCalledTimes(1);
    expect(transaction).not.toHaveBeenCalled();
    ping.mockRestore();
    transaction.mockRestore();
  });
}
