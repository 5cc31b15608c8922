import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { examine } from '../../src/cli/doctor/examine.js';
import { MailServer } from '../support/mail-server.js';
import {
  createDatabase,
  describeWithPostgres,
  describeWithRedis,
  type TestDatabase,
} from '../support/services/available.js';
import { createMigratedDatabase } from '../support/services/migrated-database.js';
import { startRedisServer } from '../support/services/start-redis.js';
import { startTestApp } from '../support/test-app.js';
import { temporaryDirectory } from '../support/test-config.js';
import { mountSmallDisk } from '../support/small-disk.js';

const SECRET = 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yAqP';
const directory = temporaryDirectory();
afterAll(() => directory.remove());

/** What is found of a check, as `state: found`, and what to do. */
async function found(check: string, environment: Record<string, string>): Promise<string[]> {
  const { findings } = await examine({ DATA_DIR: directory.path, APP_SECRET: SECRET, ...environment });
  expect(JSON.stringify(findings)).not.toContain(environment['APP_SECRET'] || SECRET);
  return findings
    .filter((finding) => finding.check === check)
    .flatMap(({ state, found: text, advice }) => {
      const line = `${state}: ${text}`;
      return advice === null ? [line] : [line, advice];
    });
}

describe('doctor, of the address', () => {
  const address = (environment: Record<string, string>) => found('address', environment);

  it('fails in production where passwords would cross the network in the clear, or links lead nowhere', async () => {
    const production = { NODE_ENV: 'production' };
    expect((await address({ ...production, PUBLIC_URL: 'http://id.example.com' }))[0]).toMatch(
      /^fail: .*in the clear/,
    );
    expect((await address(production))[0]).toMatch(/^fail: .*the reader's own machine/);
    expect((await address({ PUBLIC_URL: 'http://id.example.com' }))[0]).toMatch(/^warn: /);
  });

  it('warns of a proxy that the server does not know of', async () => {
    const environment = { NODE_ENV: 'production', PUBLIC_URL: 'https://id.example.com' };
    expect(await address(environment)).toEqual([
      'ok: PUBLIC_URL is https://id.example.com.',
      expect.stringMatching(/^warn: TRUST_PROXY is not set/),
      expect.stringContaining('Set TRUST_PROXY'),
    ]);
    expect(await address({ ...environment, TRUST_PROXY: '1' })).toHaveLength(1);
  });
});

describe('doctor, of the data directory', () => {
  it('fails where others may read the secret in it, and warns where they may read less', async () => {
    const DATA_DIR = join(directory.path, 'open');
    mkdirSync(DATA_DIR, { mode: 0o700 });
    expect(await found('data directory', { DATA_DIR })).toEqual([
      `ok: ${DATA_DIR} is there, and its user's alone.`,
    ]);
    writeFileSync(join(DATA_DIR, 'app-secret'), 'z'.repeat(64));
    chmodSync(join(DATA_DIR, 'app-secret'), 0o640);
    const advice = `chmod -R go= ${DATA_DIR}`;
    expect(await found('data directory', { DATA_DIR })).toEqual([
      expect.stringMatching(/^warn: .*app-secret/),
      advice,
    ]);
    chmodSync(DATA_DIR, 0o755);
    expect(await found('data directory', { DATA_DIR })).toEqual([
      expect.stringMatching(/^fail: .*app-secret/),
      advice,
    ]);
  });

  it('fails where it has no room', async () => {
    const disk = mountSmallDisk(20);
    if (!disk) return;
    try {
      const [line] = await found('data directory', { DATA_DIR: disk.path });
      expect(line).toMatch(/^fail: \d+ MB are free in /);
    } finally {
      disk.remove();
    }
  });
});

describeWithPostgres('doctor, of PostgreSQL', () => {
  let database: TestDatabase;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  const states = async (environment: Record<string, string>) => {
    const { findings } = await examine({ DATA_DIR: directory.path, APP_SECRET: SECRET, ...environment });
    return Object.fromEntries(findings.map(({ check, state }) => [check, state]));
  };
  const asRole = (name: string, other = database) => {
    const url = new URL(other.url);
    [url.username, url.password] = [name, 'pw'];
    return { DATABASE_URL: url.href };
  };

  it('is content with one that is migrated and whose keys open, and is not with another secret or none', async () => {
    const environment = { DATABASE_URL: database.url, APP_SECRET: SECRET };
    expect(await found('signing keys', environment)).toEqual([
      'ok: There is none yet: the first start makes one.',
    ]);
    const server = await startTestApp({ environment });
    expect(await states(environment)).toEqual({
      configuration: 'ok',
      address: 'ok',
      'data directory': 'ok',
      database: 'ok',
      'database rights': 'ok',
      notifications: 'ok',
      clock: 'ok',
      migrations: 'ok',
      'signing keys': 'ok',
      redis: 'ok',
      mail: 'ok',
    });
    await server.close();
    const other = { ...environment, APP_SECRET: 'aB3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yAqP' };
    expect(await found('signing keys', other)).toEqual([
      expect.stringMatching(/^fail: [\w-]{43} does not open with APP_SECRET\.$/),
      expect.stringContaining('APP_SECRET_PREVIOUS'),
    ]);
    expect(await found('signing keys', { ...other, APP_SECRET_PREVIOUS: SECRET })).toEqual([
      'ok: The one there is opens with APP_SECRET.',
    ]);
    expect(await found('signing keys', { ...environment, APP_SECRET: '' })).toEqual([
      'fail: They are sealed with an APP_SECRET, and there is none here.',
      expect.any(String),
    ]);
  });

  it('warns of a key that should have a successor', async () => {
    await owner.query(`update latchkey.signing_keys set signs_from = signs_from - interval '31 days'`);
    expect(await found('signing keys', { DATABASE_URL: database.url })).toContain(
      'warn: The next one should be published by now.',
    );
  });

  it('fails for a role that may not read, not work in the schema, or not make it', async () => {
    await owner.query(`create role doctors_reader login password 'pw'`);
    const empty = await createDatabase();
    try {
      expect(await found('database rights', asRole('doctors_reader'))).toEqual([
        'fail: The role doctors_reader may not work in the schema "latchkey".',
        'GRANT USAGE, CREATE ON SCHEMA "latchkey" TO "doctors_reader"',
      ]);
      await owner.query('grant usage, create on schema latchkey to doctors_reader');
      expect((await found('database rights', asRole('doctors_reader')))[0]).toMatch(
        /^fail: The role doctors_reader may not read or write audit_events, /,
      );
      await owner.query(
        'grant select, insert, update, delete on all tables in schema latchkey to doctors_reader',
      );
      expect((await found('database rights', asRole('doctors_reader')))[0]).toMatch(
        /^warn: The role doctors_reader owns not all tables/,
      );
      expect(await found('database rights', asRole('doctors_reader', empty))).toEqual([
        'fail: There is no schema "latchkey", and the role doctors_reader may not make it.',
        'As owner of the database: CREATE SCHEMA "latchkey" AUTHORIZATION "doctors_reader"',
      ]);
    } finally {
      await owner.query('drop owned by doctors_reader; drop role doctors_reader');
      await empty.drop();
    }
  });

  it('says which migrations are missing, and that a later version was there', async () => {
    const list = 'latchkey.latchkey_migrations';
    const environment = { DATABASE_URL: database.url };
    await owner.query(`insert into ${list} (hash, created_at) values ('later', 9000000000000)`);
    expect((await found('migrations', environment))[0]).toBe(
      'warn: 1 migrations of a later version are applied.',
    );
    await owner.query(
      `delete from ${list} where id in (select id from ${list} order by created_at desc limit 2)`,
    );
    expect((await found('migrations', environment))[0]).toMatch(/^warn: 1 are not applied: \d{4}_/);
    const empty = await createDatabase();
    expect(await found('migrations', { DATABASE_URL: empty.url })).toEqual([
      'ok: None is applied: the first start applies all.',
    ]);
    await empty.drop();
  });

  it('fails for one that refuses the password, as a start does, and repeats no password', async () => {
    const url = new URL(database.url);
    [url.username, url.password] = ['nobody_known', 'hunter2hunter2'];
    const lines = await found('database', { DATABASE_URL: url.href });
    expect(lines[0]).toMatch(/^fail: DATABASE_URL cannot be used: .*Give it a role and a password/);
    expect(lines.join()).not.toContain('hunter2');
  });
});

describeWithRedis('doctor, of Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  let operator: Redis;

  beforeAll(async () => {
    redis = await startRedisServer();
    operator = new Redis(redis.url);
  });
  afterAll(async () => {
    operator.disconnect();
    await redis.stop();
  });

  it('fails where it may drop sessions, and warns where it may drop counters or forgets at a restart', async () => {
    const sessions = { REDIS_URL: redis.url, SESSION_STORE: 'redis' };
    await operator.config('SET', 'appendonly', 'yes');
    expect(await found('redis', sessions)).toEqual([expect.stringMatching(/^ok: Redis \d+\.\d+/)]);
    await operator.config('SET', 'appendonly', 'no');
    expect((await found('redis', sessions))[0]).toMatch(/^warn: It writes no append-only file/);
    await operator.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await operator.config('SET', 'maxmemory', '100mb');
    expect((await found('redis', sessions))[0]).toBe(
      'fail: Its maxmemory-policy is allkeys-lru: it may drop sessions and revocations.',
    );
    expect((await found('redis', { REDIS_URL: redis.url }))[0]).toMatch(
      /^warn: .*counters of wrong passwords/,
    );
  });

  it('fails for a user without the rights that are needed, and for a password that is wrong', async () => {
    await operator.call('ACL', 'SETUSER', 'doctor', 'on', '>pw', '~*', '&*', '+@all', '-publish');
    const url = new URL(redis.url);
    [url.username, url.password] = ['doctor', 'pw'];
    expect((await found('redis', { REDIS_URL: url.href }))[0]).toMatch(
      /^fail: .*does not allow its user \+publish/,
    );
    url.password = 'hunter2hunter2';
    const [line] = await found('redis', { REDIS_URL: url.href });
    expect(line).toMatch(/^fail: REDIS_URL cannot be used: WRONGPASS/);
    expect(line).not.toContain('hunter2');
  });
});

describe('doctor, of mail', () => {
  const from = { MAIL_FROM: 'id@example.com' };

  it('signs in as for a mail, sends none, and fails where it is refused', async () => {
    const server = await MailServer.start({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) =>
        password === 'right' ? done(null, { user: 'u' }) : done(new Error(`no ${password}`)),
    });
    try {
      const url = (password: string) => server.url.replace('://', `://u:${password}@`);
      expect((await found('mail', { ...from, MAIL_URL: url('right') }))[0]).toMatch(
        /^ok: 127\.0\.0\.1:\d+ lets us in as the user of MAIL_URL\.$/,
      );
      const lines = await found('mail', { ...from, MAIL_URL: url('hunter2') });
      expect(lines[0]).toMatch(/^fail: MAIL_URL: 127\.0\.0\.1:\d+ cannot be used: 535/);
      expect(lines[1]).toContain('the user and the password');
      expect(lines.join()).not.toContain('hunter2');
      expect(server.attempts).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('fails where nothing answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    expect((await found('mail', { ...from, MAIL_URL: `smtp://127.0.0.1:${port}` }))[0]).toMatch(
      /^fail: MAIL_URL: .*ECONNREFUSED/,
    );
  });
});
