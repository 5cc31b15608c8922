import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { unpackEmptyDatabase } from '../../../src/database/unpack-empty-database.js';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { NewerVersion } from '../instances/newer-version.js';
import { expectProblem } from '../support/problems.js';
import { FIRST_VERSION } from './first-version/accounts.js';

const DUMP = readFileSync(new URL('first-version/database.sql', import.meta.url), 'utf8');

describe('The database of the first version, in the embedded one', () => {
  const directory = temporaryDirectory();

  beforeAll(async () => {
    const database = join(directory.path, 'database');
    mkdirSync(database);
    await unpackEmptyDatabase(database);
    const pglite = await PGlite.create(database);
    await pglite.exec(DUMP);
    await pglite.close();
  });

  goesOn(() => ofFirstVersion(directory.path));
  afterAll(() => directory.remove());
});

describeWithPostgres('The database of the first version, in PostgreSQL', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(DUMP);
    await client.end();
  });

  goesOn(() => ({ ...ofFirstVersion(directory.path), DATABASE_URL: database.url }));
  afterAll(async () => {
    await database.drop();
    directory.remove();
  });
});

function ofFirstVersion(dataDir: string): TestEnvironment {
  const { appSecret, publicUrl } = FIRST_VERSION;
  return testEnvironment(dataDir, {
    NODE_ENV: 'development',
    APP_SECRET: appSecret,
    PUBLIC_URL: publicUrl,
  });
}

/** Starts the server of today on it. */
function goesOn(environment: () => TestEnvironment): void {
  let server: LatchkeyProcess;
  let api: ApiClient;

  beforeAll(async () => {
    server = await LatchkeyProcess.start(environment());
    api = new ApiClient(server.url);
  });
  afterAll(async () => {
    await server?.stop();
  });

  const login = (name: string) => api.login(`${name}@example.com`, FIRST_VERSION.password);

  it('lets its users log in with their passwords, and records it', async () => {
    const { body, status } = await login('alice');
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ name: 'Alice', email: 'alice@example.com', roles: ['user'] });
    const audit = await api.get<{ events: { type: string }[] }>('/api/profile/audit', {
      token: body.accessToken,
    });
    expect(audit.body.events.map(({ type }) => type)).toEqual(['login.succeeded']);
  });

  it('keeps the disabled ones out', async () => {
    expectProblem(await login('bob'), 403, 'ACCOUNT_DISABLED');
    expect((await api.refresh(FIRST_VERSION.disabled)).status).toBe(401);
  });

  it.each(['refreshToken', 'otherDevice'] as const)('refreshes its sessions: %s', async (which) => {
    const { body, status } = await api.refresh(FIRST_VERSION[which]);
    expect(status).toBe(200);
    expect((await api.profile(body.accessToken)).body.email).toBe('alice@example.com');
    expect((await api.refresh(body.refreshToken)).status).toBe(200);
  });

  it('takes a token that was used then for theft, and ends its session', async () => {
    expectProblem(await api.refresh(FIRST_VERSION.used), 401, 'REFRESH_TOKEN_REUSED');
    expectProblem(await api.refresh(FIRST_VERSION.successor), 401, 'SESSION_ENDED');
  });

  it('lets no session live on that had ended', async () => {
    const { status, body } = await api.refresh(FIRST_VERSION.loggedOut);
    // The latter once the purge has deleted it, a minute after the start.
    expect([status, ['SESSION_ENDED', 'REFRESH_TOKEN_INVALID']]).toEqual([
      401,
      expect.arrayContaining([body.code]),
    ]);
  });

  it('goes on with its signing key', async () => {
    const { kid } = decodeProtectedHeader(FIRST_VERSION.accessToken);
    const jwks = await api.get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
    expect(jwks.body.keys.map((key) => key.kid)).toContain(kid);
    expectProblem(await api.profile(FIRST_VERSION.accessToken), 401, 'TOKEN_EXPIRED');
  });
}

describe('A server that is rolled back, on the embedded database', () => {
  const directory = temporaryDirectory();

  beforeAll(() => copyMigratedDirectory(join(directory.path, 'database')));

  startsAgain(() => testEnvironment(directory.path, { NODE_ENV: 'development' }));
  afterAll(() => directory.remove());
});

describeWithPostgres('A server that is rolled back, on PostgreSQL', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createMigratedDatabase();
  });

  startsAgain(() => ({
    ...testEnvironment(directory.path, { NODE_ENV: 'development' }),
    DATABASE_URL: database.url,
  }));
  afterAll(async () => {
    await database.drop();
    directory.remove();
  });
});

/** The server of today stands for the version before, and it and one more migration for the one after. */
function startsAgain(environment: () => TestEnvironment): void {
  it('starts on what the version after has migrated, and goes on with what was made there', async () => {
    const newer = new NewerVersion([
      'ALTER TABLE "users" ADD COLUMN "newer" text;',
      `ALTER TABLE "sessions" ADD COLUMN "newer_default" text NOT NULL DEFAULT 'none';`,
    ]);
    const settings = { ...environment(), PUBLIC_URL: 'http://latchkey.test' };
    const later = LatchkeyProcess.launch(settings, [], newer.main);
    await later.ready();
    const { user, refreshToken } = (await new ApiClient(later.url).register()).body;
    await later.stop();
    newer.remove();

    const server = await LatchkeyProcess.start(settings);
    const api = new ApiClient(server.url);
    const { accessToken } = (await api.refresh(refreshToken)).body;
    expect((await api.profile(accessToken)).body.email).toBe(user.email);
    expect((await api.login(user.email)).status).toBe(200);
    expect((await api.register()).status).toBe(201);
    await server.stop();
  });
}
