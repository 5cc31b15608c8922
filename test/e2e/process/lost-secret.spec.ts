import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type SignedIn } from '../../support/api-client.js';
import { documentedCommands } from '../../support/documented-commands.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { sectionOf } from '../../support/markdown-section.js';
import { readOutbox } from '../../support/read-outbox.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { copyMigratedDirectory, createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { runCommand } from '../support/operator.js';
import { expectProblem } from '../support/problems.js';

const NO_MAIL_SERVER = { MAIL_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'no-reply@latchkey.test' };

/** By the documented command, `openssl rand`. */
function newSecret(): string {
  const [command] = documentedCommands(sectionOf('operations.md', 'APP_SECRET'));
  return execFileSync('sh', ['-c', command?.text ?? ''])
    .toString()
    .trim();
}

/** The public keys' ids. */
async function kidsOf(api: ApiClient): Promise<string[]> {
  const { body } = await api.get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
  return body.keys.map(({ kid }) => kid);
}

onEachDatabase('A server whose APP_SECRET is lost', (environmentOf) => {
  let environment: TestEnvironment;
  let server: LatchkeyProcess | undefined;
  let before: SignedIn;
  let kids: string[];

  beforeAll(async () => {
    environment = environmentOf();
    server = await LatchkeyProcess.start({ ...environment, ...NO_MAIL_SERVER });
    const api = new ApiClient(server.url);
    before = (await api.register()).body;
    kids = await kidsOf(api);
    await api.post('/api/auth/password/forgot', { email: before.user.email });
    await server.stop();
    environment = { ...environment, APP_SECRET: newSecret() };
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('does not start with another, and says in one line what is wrong and what to do', async () => {
    const failing = LatchkeyProcess.launch(environment);
    expect((await failing.exited).code).toBe(1);
    expect(failing.stderr.trim().split('\n')).toEqual([
      'Configuration: The signing key in the database was sealed with another APP_SECRET. ' +
        'Give that one as APP_SECRET, or as APP_SECRET_PREVIOUS beside the new one ' +
        '(if it was never given, it was in the file app-secret of DATA_DIR, which is made anew where it is missing); ' +
        'if it is lost, see `latchkey storage secret-lost`.',
    ]);
  });

  it('is told what would go, and nothing goes', async () => {
    const { code, stdout } = await runCommand(environment, 'storage', 'secret-lost');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^1 signing keys and [1-9] waiting mails do not open .* Nothing was changed\./),
    ]);
  });

  it('starts once that was given up: no token of before lives, accounts are as they were', async () => {
    const { code, stdout } = await runCommand(environment, 'storage', 'secret-lost', '--force');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^1 signing keys and [1-9] waiting mails were given up; 1 sessions have ended\./),
    ]);
    server = await LatchkeyProcess.start(environment);
    const api = new ApiClient(server.url);
    expect(await kidsOf(api)).not.toEqual(expect.arrayContaining(kids));
    expect((await api.profile(before.accessToken)).status).toBe(401);
    expectProblem(await api.refresh(before.refreshToken), 401, 'REFRESH_TOKEN_INVALID');

    const { email } = before.user;
    const again = (await api.login(email)).body;
    expect((await api.refresh(again.refreshToken)).status).toBe(200);
    await api.post('/api/auth/password/forgot', { email });
    const [mail] = await readOutbox(environment['DATA_DIR'] ?? '', {
      to: email,
      template: 'password-reset',
      atLeast: 1,
    });
    const reset = { token: mail?.token, password: 'purple monkey dishwasher tuesday' };
    expect((await api.post('/api/auth/password/reset', reset)).status).toBe(204);
    expect((await api.login(email, reset.password)).status).toBe(200);
  });
});

onEachDatabase('A server that gets another APP_SECRET', (environmentOf) => {
  let environment: TestEnvironment;
  let server: LatchkeyProcess | undefined;
  let api: ApiClient;
  let before: SignedIn;
  let unused: SignedIn;
  let renewed: string;
  let kids: string[];

  const restart = async (change: TestEnvironment) => {
    await server?.stop();
    environment = { ...environment, ...change };
    server = await LatchkeyProcess.start(environment);
    api = new ApiClient(server.url);
  };
  beforeAll(async () => {
    environment = environmentOf();
    await restart({});
    [before, unused] = [(await api.register()).body, (await api.register()).body];
    kids = await kidsOf(api);
    await restart({ APP_SECRET: newSecret(), APP_SECRET_PREVIOUS: environment['APP_SECRET'] ?? '' });
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('goes on with its keys, access tokens and sessions while the one before is given', async () => {
    expect(await kidsOf(api)).toEqual(kids);
    expect((await api.profile(before.accessToken)).status).toBe(200);
    const { body, status } = await api.refresh(before.refreshToken);
    expect(status).toBe(200);
    renewed = body.refreshToken;
  });

  it('without the one before, refuses the refresh tokens that were not used since, and no others', async () => {
    await restart({ APP_SECRET_PREVIOUS: '' });
    expect(await kidsOf(api)).toEqual(kids);
    expect((await api.profile(unused.accessToken)).status).toBe(200);
    expectProblem(await api.refresh(unused.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    const { body, status } = await api.refresh(renewed);
    expect(status).toBe(200);
    renewed = body.refreshToken;
  });

  it('after the one before has leaked, replaces its keys, and ends all sessions', async () => {
    await server?.stop();
    const leaked = environment['APP_SECRET'] ?? '';
    environment = { ...environment, APP_SECRET: newSecret(), APP_SECRET_PREVIOUS: leaked };
    expect((await runCommand(environment, 'storage', 'restored', '--yes')).code).toBe(0);
    await restart({ APP_SECRET_PREVIOUS: '' });
    expect(await kidsOf(api)).not.toEqual(expect.arrayContaining(kids));
    expect((await api.profile(before.accessToken)).status).toBe(401);
    expect((await api.refresh(renewed)).status).toBe(401);
    expect((await api.login(before.user.email)).status).toBe(200);
  });
});

/** The same on the embedded database and on PostgreSQL, each migrated and of its own. */
function onEachDatabase(title: string, body: (environment: () => TestEnvironment) => void): void {
  const settings = (dataDir: string, more: TestEnvironment = {}) =>
    testEnvironment(dataDir, {
      NODE_ENV: 'development',
      PUBLIC_URL: 'http://latchkey.test',
      APP_SECRET: newSecret(),
      MAIL_MIN_INTERVAL: '0s',
      ...more,
    });

  describe(`${title}, on the embedded database`, () => {
    const directory = temporaryDirectory();
    beforeAll(() => copyMigratedDirectory(join(directory.path, 'database')));
    afterAll(() => directory.remove());

    describe('-', () => body(() => settings(directory.path)));
  });

  describeWithPostgres(`${title}, on PostgreSQL`, () => {
    const directory = temporaryDirectory();
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createMigratedDatabase();
    });
    afterAll(async () => {
      await database.drop();
      directory.remove();
    });

    describe('-', () => body(() => settings(directory.path, { DATABASE_URL: database.url })));
  });
}
