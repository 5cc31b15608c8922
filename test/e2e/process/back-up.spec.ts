import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ApiClient, type SignedIn } from '../../support/api-client.js';
import { documentedCommands } from '../../support/documented-commands.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { sectionOf } from '../../support/markdown-section.js';
import {
  createDatabase,
  describeWithPgDump,
  pgDump,
  type TestDatabase,
} from '../../support/services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { Callers } from '../instances/callers.js';
import { eventually } from '../support/eventually.js';
import { runCommand } from '../support/operator.js';
import { expectProblem } from '../support/problems.js';

// In their order: a dump under load, its restore, the operator's command, and what callers see then.
describeWithPgDump('A dump of PostgreSQL, made under load and restored', () => {
  const directory = temporaryDirectory();
  const databases: TestDatabase[] = [];
  let environment: TestEnvironment;
  let restored: pg.Client;
  let server: LatchkeyProcess;
  let loggedOut: SignedIn;
  /** What had been acknowledged when the dump began. */
  let acknowledged: { email: string; accessToken: string; refreshToken: string }[];
  let failures: readonly string[];

  beforeAll(async () => {
    databases.push(await createMigratedDatabase(), await createDatabase());
    const [original, empty] = databases as [TestDatabase, TestDatabase];
    environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      DATABASE_URL: original.url,
      PUBLIC_URL: 'http://latchkey.test',
    });
    server = await LatchkeyProcess.start(environment);
    const api = new ApiClient(server.url);
    loggedOut = (await api.register()).body;
    await api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });

    const callers = new Callers(api);
    const untilWritten = (more: number) =>
      eventually(() => {
        if (callers.writes <= more) throw new Error(`There are only ${callers.writes} writes.`);
      });
    await untilWritten(40);
    acknowledged = callers.chains.map((chain) => ({ ...chain }));
    const before = callers.writes;
    await documented('PostgreSQL', 'pg_dump', original.url);
    await untilWritten(before);
    await callers.stop();
    ({ failures } = callers);
    await server.stop();

    environment = { ...environment, DATABASE_URL: empty.url };
    await documented('A restored database', 'pg_restore', empty.url);
    restored = new pg.Client({ connectionString: empty.url });
    await restored.connect();
  });
  afterAll(async () => {
    await restored?.end();
    await server?.stop('SIGKILL');
    for (const database of databases) await database.drop();
    directory.remove();
  });

  /** Runs the command of that program as it stands in that section. */
  async function documented(heading: string, program: string, databaseUrl: string): Promise<void> {
    const commands = documentedCommands(sectionOf('operations.md', heading));
    const { text = '' } = commands.find((command) => command.text.startsWith(program)) ?? {};
    const path = [pgDump?.path, process.env['PATH']].join(delimiter);
    const env = { PATH: path, DATABASE_URL: databaseUrl };
    await promisify(execFile)('sh', ['-ec', text], { cwd: directory.path, env });
  }
  const count = async (statement: string, values: unknown[] = []) =>
    Number((await restored.query<{ count: string }>(statement, values)).rows[0]?.count);

  it('disturbs no request', () => {
    expect(failures).toEqual([]);
  });

  it('has all that was acknowledged before it began', async () => {
    expect(acknowledged.length).toBeGreaterThan(5);
    const emails = acknowledged.map(({ email }) => email);
    expect(await count('select count(*) from latchkey.users where email = any($1)', [emails])).toBe(
      emails.length,
    );
    for (const { refreshToken } of acknowledged) {
      const { id, generation } = sessionOf(refreshToken);
      expect(
        await count('select count(*) from latchkey.sessions where id = $1 and generation >= $2', [
          id,
          generation,
        ]),
      ).toBe(1);
    }
    const { id } = sessionOf(loggedOut.refreshToken);
    expect(
      await count('select count(*) from latchkey.sessions where id = $1 and ended_at is not null', [id]),
    ).toBe(1);
  });

  it('has nothing by halves, and no counts of requests', async () => {
    // Each of these was written in one transaction with its session.
    expect(
      await count(`select count(*) from latchkey.sessions s
        where not exists (select from latchkey.users u where u.id::text = s.subject)
           or not exists (select from latchkey.audit_events e
                          where e.session_id = s.id::text and e.type = 'login.succeeded')`),
    ).toBe(0);
    expect(await count('select count(*) from latchkey.sessions')).toBeGreaterThanOrEqual(acknowledged.length);
    expect(await count('select count(*) from latchkey.rate_limits')).toBe(0);
  });

  it('lets no token of before live once `storage restored` was run, and users log in as before', async () => {
    const { code, stdout } = await runCommand(environment, 'storage', 'restored', '--yes');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^1 signing keys were replaced; \d\d+ sessions/),
    ]);
    server = await LatchkeyProcess.start(environment);
    const api = new ApiClient(server.url);
    for (const { email, accessToken, refreshToken } of acknowledged.slice(0, 8)) {
      expect((await api.profile(accessToken)).status).toBe(401);
      expectProblem(await api.refresh(refreshToken), 401, 'SESSION_ENDED');
      const { body } = await api.login(email);
      expect((await api.refresh(body.refreshToken)).status).toBe(200);
    }
    expect((await api.refresh(loggedOut.refreshToken)).status).toBe(401);
  });
});

describe('A copy of the embedded database, made of a server that was stopped', () => {
  const directory = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  afterAll(() => {
    directory.remove();
    elsewhere.remove();
  });

  it('has all that was acknowledged, elsewhere too, and opens with the same APP_SECRET', async () => {
    const database = join(directory.path, 'database');
    await copyMigratedDirectory(database);
    const environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      PUBLIC_URL: 'http://latchkey.test',
    });
    const original = await LatchkeyProcess.start(environment);
    const { user, refreshToken } = (await new ApiClient(original.url).register()).body;
    expect(await original.stop()).toEqual({ code: 0, signal: null });
    cpSync(database, join(elsewhere.path, 'database'), { recursive: true });

    const restored = { ...environment, DATA_DIR: elsewhere.path };
    expect((await runCommand(restored, 'storage', 'restored', '--yes')).code).toBe(0);
    const server = await LatchkeyProcess.start(restored);
    const api = new ApiClient(server.url);
    expectProblem(await api.refresh(refreshToken), 401, 'SESSION_ENDED');
    expect((await api.login(user.email)).status).toBe(200);
    await server.stop();
  });
});

/** What a refresh token says (see RefreshTokenCodec). */
function sessionOf(refreshToken: string): { id: string; generation: number } {
  const bytes = Buffer.from(refreshToken.slice('lk_rt_'.length), 'base64url');
  return { id: bytes.toString('hex', 1, 17), generation: bytes.readUInt32BE(17) };
}
