import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
/** What a rotating process waits for in the middle of its transaction, as long as the test holds it. */
const PAUSE = 4711;

const directory = temporaryDirectory();
afterAll(() => directory.remove());

async function kidsOf(server: LatchkeyProcess): Promise<string[]> {
  const answer = await fetch(`${server.url}/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

describeWithPostgres('the signing keys of two processes on one PostgreSQL database', () => {
  let database: TestDatabase;
  let environment: TestEnvironment;
  let servers: Map<string, LatchkeyProcess>;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      PUBLIC_URL: 'http://latchkey.test',
    });
    const names = ['one', 'two'];
    const started = names.map(async (name): Promise<[string, LatchkeyProcess]> => {
      const url = `${database.url}?application_name=${name}`;
      return [name, await LatchkeyProcess.start({ ...environment, DATABASE_URL: url })];
    });
    servers = new Map(await Promise.all(started));
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await database.drop();
  });

  const cli = async (...words: string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'], ...environment, DATABASE_URL: database.url };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [CLI, ...words], { env }, (error, stdout, stderr) => {
        if (error) reject(new Error(stderr));
        else resolve(stdout);
      });
    });
  };

  it('are rotated and revoked by the CLI, and a token of a revoked key dies on both', async () => {
    const clients = [...servers.values()].map((server) => new ApiClient(server.url));
    const [here, there] = clients as [ApiClient, ApiClient];
    const { accessToken, user } = (await here.register()).body;
    const leaked = /"kid":"([^"]+)"/.exec(
      Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString(),
    )?.[1];

    expect(await cli('keys', 'rotate')).toMatch(/^The ES256 key [\w-]{43} is published and signs from 20/);
    const listed = await cli('keys', 'list');
    expect(listed).toMatch(/ {2}pending {2,}/);
    expect(listed).toMatch(new RegExp(`${leaked} +ES256 +signing `));
    expect(await cli('keys', 'revoke', leaked ?? '', '--yes')).toContain('is revoked');
    for (const api of [here, there]) {
      while ((await api.profile(accessToken)).status !== 401) await setTimeout(10);
    }
    const fresh = (await there.login(user.email)).body.accessToken;
    expect((await here.profile(fresh)).status).toBe(200);
    expect(await cli('keys', 'list')).toMatch(new RegExp(`${leaked} +ES256 +revoked `));
    await expect(cli('keys', 'revoke', 'unknown', '--yes')).rejects.toThrow(
      'There is no signing key with this kid.',
    );
  });

  it('are rotated by the other one when the first is killed in the middle of it', async () => {
    await client.query(`select pg_advisory_lock(${PAUSE})`);
    await client.query(
      `create function pause() returns trigger language plpgsql as
       $$ begin perform pg_advisory_xact_lock(${PAUSE}); return new; end $$`,
    );
    await client.query(
      'create trigger pause before insert on latchkey.signing_keys for each row execute function pause()',
    );
    const before = await client.query<{ kid: string }>('select kid from latchkey.signing_keys');
    await client.query(`update latchkey.signing_keys set signs_from = signs_from - interval '30 days'`);

    let victim: string | undefined;
    while (victim === undefined) {
      await client.query('select pg_stat_clear_snapshot()');
      const waiting = await client.query<{ name: string }>(
        `select application_name as name from pg_stat_activity
         where datname = current_database() and wait_event = 'advisory'`,
      );
      victim = waiting.rows[0]?.name;
    }
    await servers.get(victim)?.stop('SIGKILL');
    servers.delete(victim);
    await client.query(`select pg_advisory_unlock(${PAUSE})`);

    const [survivor] = [...servers.values()] as [LatchkeyProcess];
    const known = new Set(before.rows.map(({ kid }) => kid));
    let added: string[] = [];
    while (added.length === 0) {
      added = (await kidsOf(survivor)).filter((kid) => !known.has(kid));
      await setTimeout(20);
    }
    expect(added).toHaveLength(1);
    const rows = await client.query('select from latchkey.signing_keys');
    expect(rows.rowCount).toBe(known.size + 1);
    expect(survivor.stdout + survivor.stderr).not.toContain('"level":50');
  });
});

describe('the key files of a process', () => {
  let server: LatchkeyProcess | undefined;

  afterEach(async () => {
    await server?.stop();
  });

  it('are read again on SIGHUP; bad ones are told, and those before stay', async () => {
    const path = join(directory.path, 'key.pem');
    const replace = (content: string) => {
      writeFileSync(`${path}.new`, content);
      renameSync(`${path}.new`, path);
    };
    const newKey = () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    };
    replace(newKey());
    const dataDir = join(directory.path, 'files');
    server = await LatchkeyProcess.start(
      testEnvironment(dataDir, { NODE_ENV: 'development', SIGNING_KEY_FILES: path }),
    );
    const [first] = await kidsOf(server);

    replace('nothing');
    server.signal('SIGHUP');
    while (!(server.stdout + server.stderr).includes('holds no unencrypted PEM key')) await setTimeout(10);
    expect(await kidsOf(server)).toEqual([first]);
    replace(newKey());
    server.signal('SIGHUP');
    while ((await kidsOf(server))[0] === first) await setTimeout(10);
    expect(server.stdout).toContain('SIGHUP');
  });
});
