import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  createDatabase,
  describeWithPostgres,
  postgres,
  type TestDatabase,
} from '../support/services/available.js';
import { eventually } from '../e2e/support/eventually.js';
import { administrator, PRINTED_PASSWORD } from './administrator.js';
import { buildExample, expectDependencies, startExample } from './example-application.js';
import type { PackedApplication } from './packed-application.js';
import { ServedApplication } from './served-application.js';

const PASSWORD = 'correct horse battery staple';
/** @returns the instance that printed the first administrator's password, and the others */
async function startAtOnce(
  application: PackedApplication,
  instances: number,
  environment?: Readonly<Record<string, string>>,
): Promise<[ServedApplication, ServedApplication[]]> {
  const starts = Array.from({ length: instances }, () => startExample(application, environment));
  const started = await Promise.all(starts);
  const first = started.find(({ printed }) => PRINTED_PASSWORD.test(printed));
  if (!first) throw new Error('None has made an administrator.');
  return [first, started.filter((each) => each !== first)];
}

/**
 * Starts instances while another session holds the lock of the example's migrations, and gives it back once one waits for it.
 * @param lock as the example names it
 */
async function startHeldUp<T>(database: TestDatabase, lock: string, start: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock]);
  const starting = start();
  starting.catch(() => undefined); // told once it is awaited
  try {
    await eventually(async () => {
      const { rows } = await client.query(
        `select from pg_locks, hashtextextended($1, 0) as key
         where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())
           and classid::bigint = (key >> 32) & 4294967295 and objid::bigint = key & 4294967295`,
        [lock],
      );
      expect(rows.length).toBeGreaterThan(0);
    });
  } finally {
    await client.end(); // gives it back
  }
  return starting;
}

describe('examples/quickstart', () => {
  let application: PackedApplication;
  let server: ServedApplication;

  beforeAll(async () => {
    application = await buildExample('quickstart');
    server = await ServedApplication.npmStart(application);
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    application?.remove();
  });

  it('declares and installs what it imports, and uses Latchkey in five lines', () => {
    expectDependencies(application);
    const numbers = ['app.module', 'app.controller', 'app.service', 'main'].flatMap((name) => {
      const source = readFileSync(join(application.path, `src/${name}.ts`), 'utf8');
      const uses = source.split('\n').filter((line) => /latchkey|CurrentUser|Roles/i.test(line));
      return uses.map((line) => Number(/\/[/*] (\d)/.exec(line)?.[1]));
    });
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
  });

  it('has accounts, a guarded route and one for a role, refreshes and logs out', async () => {
    const account = { email: 'ada@example.com', password: PASSWORD };
    const registered = await server.post('/api/auth/register', account);
    const { user } = registered.body as unknown as { user: { id: string } };
    expect([registered.status, (await server.get('/hello')).body['code']]).toEqual([201, 'TOKEN_MISSING']);

    const { accessToken: token, refreshToken } = (await server.post('/api/auth/login', account)).body;
    const greeting = await fetch(`${server.url}/hello`, { headers: { authorization: `Bearer ${token}` } });
    expect(await greeting.text()).toBe(`Hello ${user.id}!`);
    expect((await server.get('/hello/everyone', token)).body['code']).toBe('INSUFFICIENT_ROLE');
    expect((await server.get('/hello/everyone', await administrator(server))).body).toEqual([user.id]);

    const refreshed = await server.post('/api/auth/refresh', { refreshToken });
    const { accessToken: second } = refreshed.body;
    expect((await server.get('/hello', second)).status).toBe(200);
    expect((await server.post('/api/auth/logout', {}, second)).status).toBe(204);
    expect((await server.get('/hello', second)).body['code']).toBe('TOKEN_REVOKED');
  });

  it('listens where HOST says, on this machine alone by default, and ends when npm is told to', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    await server.stop();
    await expect(fetch(`${server.url}/hello`)).rejects.toThrow('fetch failed');
    server = await startExample(application, { HOST: '::1' });
    expect(server.url).toMatch(/^http:\/\/\[::1\]:/);
    expect((await server.get('/hello')).status).toBe(401);
  });
});

describe('examples/extend', () => {
  const TENANT = '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10';
  let application: PackedApplication;
  let server: ServedApplication;
  let others: ServedApplication[];
  let database: TestDatabase | undefined;

  beforeAll(async () => {
    application = await buildExample('extend');
    if (postgres) database = await createDatabase();
    // Instances that start at once, in a schema of another name; the embedded database is one process's alone.
    const environment = database && { DATABASE_URL: database.url, DATABASE_SCHEMA: 'accounts' };
    const start = () => startAtOnce(application, database ? 3 : 1, environment);
    [server, others] = await (database ? startHeldUp(database, 'migrations of members', start) : start());
  }, 300_000);
  afterAll(async () => {
    await Promise.all([server, ...(others ?? [])].map((each) => each?.stop()));
    await database?.drop();
    application?.remove();
  });

  const signUp = async (email: string, telephone: string) => {
    const { status, body } = await server.post('/api/auth/register', {
      email,
      password: PASSWORD,
      telephone,
    });
    expect(status).toBe(201);
    return body as unknown as {
      user: { id: string; telephone: string; tenantId: null };
      accessToken: string;
      refreshToken: string;
    };
  };
  const colleagues = async (headers: Record<string, string>) => {
    const response = await fetch(`${server.url}/colleagues`, { headers });
    return [response.status, await response.json()] as [number, { code?: string }];
  };

  it('declares and installs what it imports', () => {
    expectDependencies(application);
  });

  it('has fields of its own, in a table of its own, by which administrators find users, and which tokens say', async () => {
    const ada = await signUp('ada@example.com', '+49 30 123456');
    const bob = await signUp('bob@example.com', '+49 30 654321');
    expect(ada.user).toMatchObject({ telephone: '+49 30 123456', tenantId: null });
    const bearer = { authorization: `Bearer ${ada.accessToken}` };
    expect(await colleagues(bearer)).toEqual([200, []]);

    const admin = { authorization: `Bearer ${await administrator(server)}` };
    const json = { ...admin, 'content-type': 'application/json' };
    for (const { user } of [ada, bob]) {
      const url = `${server.url}/api/admin/users/${user.id}/fields`;
      const change = { method: 'PATCH', headers: json, body: JSON.stringify({ tenantId: TENANT }) };
      expect((await fetch(url, change)).status).toBe(200);
    }
    const search = await fetch(`${server.url}/api/admin/users?field=tenantId&value=${TENANT}`, {
      headers: admin,
    });
    const { users } = (await search.json()) as { users: { email: string }[] };
    expect(users.map(({ email }) => email).toSorted()).toEqual(['ada@example.com', 'bob@example.com']);
    expect(await (await fetch(`${server.url}/colleagues/count`, { headers: admin })).json()).toEqual({
      members: 2,
    });

    expect((await colleagues(bearer))[1].code).toBe('TOKEN_REVOKED');
    const refreshed = await server.post('/api/auth/refresh', { refreshToken: ada.refreshToken });
    const token = refreshed.body['accessToken'];
    expect((await server.get('/colleagues/tenant', token)).body).toEqual({ tenantId: TENANT });
    expect((await server.get('/colleagues', token)).body).toEqual(['+49 30 123456', '+49 30 654321']);
    expect((await server.get('/colleagues/count', token)).body['code']).toBe('INSUFFICIENT_ROLE');
  });

  it('takes API keys on the routes that say so, until they are withdrawn', async () => {
    const { accessToken: token } = await signUp('eve@example.com', '+49 30 111111');
    const issued = await server.post('/api-keys', {}, token);
    const { id = '', key = '' } = issued.body;
    expect([issued.status, key]).toEqual([201, expect.stringMatching(/^acme_/)]);
    expect(await colleagues({ 'x-api-key': key })).toEqual([200, []]);
    expect((await colleagues({ 'x-api-key': `${key}x` }))[0]).toBe(401);
    const elsewhere = await fetch(`${server.url}/api/profile`, { headers: { 'x-api-key': key } });
    expect(elsewhere.status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${server.url}/api-keys/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await colleagues({ 'x-api-key': key }))[1].code).toBe('CREDENTIAL_INVALID');
  });
});

describeWithPostgres('examples/existing-app', () => {
  let application: PackedApplication;
  let server: ServedApplication;
  let others: ServedApplication[];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
    application = await buildExample('existing-app');
    // Another schema is not taken, since its migrations name `latchkey`.
    const environment = { DATABASE_URL: database.url, DATABASE_SCHEMA: 'accounts' };
    [server, others] = await startHeldUp(database, 'migrations of the shop', () =>
      startAtOnce(application, 3, environment),
    );
  }, 300_000);
  afterAll(async () => {
    await Promise.all([server, ...(others ?? [])].map((each) => each?.stop()));
    await database?.drop();
    application?.remove();
  });

  async function query(text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    await client.end();
    return rows;
  }

  it('declares and installs what it imports', () => {
    expectDependencies(application);
  });

  it('knows its user of before by the password of before, and has moved address and hash', async () => {
    const login = await server.post('/api/auth/login', { email: 'john@example.com', password: 'changeme' });
    const { accessToken: token, user } = login.body as unknown as {
      accessToken: string;
      user: { id: string };
    };
    expect((await server.get('/orders', token)).body).toEqual(['a kettle']);
    expect(await query(`select nickname, email, password_hash, account from users where id = 1`)).toEqual([
      { nickname: 'johnny', email: null, password_hash: null, account: user.id },
    ]);
  });

  it('has new users, each with orders of their own, and a route for a role', async () => {
    const account = { email: 'ada@example.com', password: PASSWORD };
    expect((await server.post('/api/auth/register', account)).status).toBe(201);
    const { accessToken: token, refreshToken } = (await server.post('/api/auth/login', account)).body;
    expect([(await server.get('/orders')).status, (await server.get('/orders', token)).body]).toEqual([
      401,
      [],
    ]);
    expect((await server.post('/orders', { what: 'a teapot' }, token)).status).toBe(201);
    expect((await server.get('/orders', token)).body).toEqual(['a teapot']);
    expect((await server.get('/orders/all', token)).body['code']).toBe('INSUFFICIENT_ROLE');
    expect((await server.get('/orders/all', await administrator(server))).body).toEqual([
      'a kettle',
      'a teapot',
    ]);
    const { accessToken: second } = (await server.post('/api/auth/refresh', { refreshToken })).body;
    expect((await server.get('/orders', second)).status).toBe(200);
    expect((await server.post('/api/auth/logout', {}, second)).status).toBe(204);
    expect((await server.get('/orders', second)).body['code']).toBe('TOKEN_REVOKED');
  });

  it('migrates its own tables and no others, as Latchkey does, also when it starts again', async () => {
    const tables = `select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema in ('public', 'drizzle') order by 1`;
    const counts = `select (select count(*)::int from users) as users, (select count(*)::int from latchkey.users) as accounts,
      (select count(*)::int from drizzle.__drizzle_migrations) as migrations,
      (select count(*)::int from information_schema.columns where table_schema = 'latchkey') as columns`;
    expect(await query(tables)).toEqual(
      ['drizzle.__drizzle_migrations', 'public.orders', 'public.users'].map((name) => ({ name })),
    );
    const before = await query(counts);
    expect(before).toMatchObject([{ migrations: 2 }]);

    // Two of before have the address of another's account, but for capitals, and neither has a password.
    await query(
      `insert into users (nickname, email) values ('jo', 'JOHN@example.com'), ('joe', 'John@Example.com')`,
    );
    const [{ accounts } = {}] = before as { accounts?: number }[];
    await server.stop();
    server = await startExample(application, { DATABASE_URL: database.url });
    expect(await query(counts)).toMatchObject([{ accounts, migrations: 2 }]);
    expect(await query(`select nickname from users where email is not null and account is null`)).toEqual([
      { nickname: 'jo' },
      { nickname: 'joe' },
    ]);
  });

  it('keeps its rows where an account is deleted', async () => {
    await query(`delete from latchkey.users where email = 'john@example.com'`);
    expect(await query(`select account from users where id = 1`)).toEqual([{ account: null }]);
    expect(await query(`select what from orders where user_id = 1`)).toEqual([{ what: 'a kettle' }]);
  });
});
