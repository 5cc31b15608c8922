import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiClient, PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { readOutbox } from '../../support/read-outbox.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { runCommand } from '../support/operator.js';
import { expectProblem } from '../support/problems.js';

const NEW_PASSWORD = 'of the hour that was lost';

interface Jwks {
  readonly keys: readonly { readonly kid: string }[];
}

// In their order: what callers see where servers start before the operator's command, the command, and after it; at last, as
// the documents have it, the command before the start.
describeWithPostgres('A database restored from a backup', () => {
  const directory = temporaryDirectory();
  const databases: TestDatabase[] = [];
  let environment: TestEnvironment;
  let server: LatchkeyProcess;
  let api: ApiClient;

  let refreshing: SignedIn;
  let refreshedTwice: string;
  let loggedOut: SignedIn;
  let idle: SignedIn;
  let opened: SignedIn;
  let resetToken: string;
  let kidsOfBackup: string[];
  /** Of the same backup: the operator's command runs there before a server starts. */
  let inOrder: TestDatabase;

  const start = async () => {
    server = await LatchkeyProcess.start(environment);
    api = new ApiClient(server.url);
  };
  const kids = async () => (await api.get<Jwks>('/.well-known/jwks.json')).body.keys.map(({ kid }) => kid);

  beforeAll(async () => {
    const database = await createMigratedDatabase();
    databases.push(database);
    environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      // Copies keep PostgreSQL busy for a moment.
      DATABASE_URL: `${database.url}?connect_timeout=30`,
      PUBLIC_URL: 'http://latchkey.test',
      MAIL_MIN_INTERVAL: '0s',
    });
    await start();
    const register = async () => (await api.register({ email: uniqueEmail() })).body;
    [refreshing, loggedOut, idle] = await Promise.all([register(), register(), register()]);
    kidsOfBackup = await kids();
    await api.post('/api/auth/password/forgot', { email: idle.user.email });
    const [mail] = await readOutbox(directory.path, {
      atLeast: 1,
      to: idle.user.email,
      template: 'password-reset',
    });
    resetToken = mail?.token ?? '';
    await server.stop();
    const backup = await createDatabase(database.name);
    inOrder = await createDatabase(backup.name);
    databases.push(backup, inOrder);

    // The hour that is going to be lost.
    await start();
    const once = (await api.refresh(refreshing.refreshToken)).body.refreshToken;
    refreshedTwice = (await api.refresh(once)).body.refreshToken;
    await api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
    await api.post('/api/auth/password/reset', { token: resetToken, password: NEW_PASSWORD });
    opened = (await api.login(loggedOut.user.email)).body;
    const [leaked = ''] = kidsOfBackup;
    const revoked = await runCommand(environment, 'keys', 'revoke', leaked, '--yes');
    if (revoked.code !== 0) throw new Error(revoked.stderr);
    await server.stop();

    environment = { ...environment, DATABASE_URL: `${backup.url}?connect_timeout=30` };
    await start();
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
    for (const database of databases) await database.drop();
    directory.remove();
  });

  it('takes no token of the lost hour for theft: its session ends, and log and audit log say why', async () => {
    expectProblem(await api.refresh(refreshedTwice), 401, 'SESSION_ENDED');
    expectProblem(await api.refresh(refreshing.refreshToken), 401, 'SESSION_ENDED');
    expect(server.stdout).toMatch(/newer than the store.* run "storage restored" now/);
    const { accessToken: token } = (await api.login(refreshing.user.email)).body;
    const { body } = await api.get<{ events: { type: string; reason?: string }[] }>('/api/profile/audit', {
      token,
    });
    const told = JSON.stringify(body);
    expect(told).toContain('store_restored');
    expect(told).not.toContain('refresh_reused');
    expect(await readOutbox(directory.path, { template: 'refresh-token-reused' })).toEqual([]);
  });

  it('knows no session that was opened since the backup', async () => {
    expectProblem(await api.refresh(opened.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
  });

  it('lets live what was revoked in the lost hour if a server starts on it before the operator’s command has run', async () => {
    const verified = await api.get('/api/auth/verify', { token: loggedOut.accessToken });
    expect(verified.status).toBe(204);
    expect((await api.refresh(loggedOut.refreshToken)).status).toBe(200);
    expect(await kids()).toEqual(kidsOfBackup);
  });

  it('lets nothing of before live once the operator has said that it was restored', async () => {
    const { code, stdout } = await runCommand(environment, 'storage', 'restored', '--yes');
    expect(stdout).toMatch(/^1 signing keys were replaced; \d+ sessions and \d+ one-time tokens have ended/);
    expect(code).toBe(0);
    await server.stop();
    await start();
    await expectNothingOfBefore();
  });

  it('lets users log in as they were then, and all goes on', async () => {
    const { body, status } = await api.login(loggedOut.user.email, PASSWORD);
    expect(status).toBe(200);
    expect((await api.profile(body.accessToken)).status).toBe(200);
    expect((await api.refresh(body.refreshToken)).status).toBe(200);
  });

  it('lets nothing of before in from the first answer on if the command has run before the first server starts', async () => {
    await server.stop();
    environment = { ...environment, DATABASE_URL: `${inOrder.url}?connect_timeout=30` };
    expect((await runCommand(environment, 'storage', 'restored', '--yes')).code).toBe(0);
    await start();
    await expectNothingOfBefore();
    expect((await api.login(loggedOut.user.email, PASSWORD)).status).toBe(200);
  });

  async function expectNothingOfBefore(): Promise<void> {
    for (const { accessToken, refreshToken } of [refreshing, loggedOut, idle, opened]) {
      expect((await api.profile(accessToken)).status).toBe(401);
      expect((await api.get('/api/auth/verify', { token: accessToken })).status).toBe(401);
      expect((await api.refresh(refreshToken)).status).toBe(401);
    }
    expectProblem(
      await api.post('/api/auth/password/reset', {
        token: resetToken,
        password: 'another one of the attacker',
      }),
      400,
      'ONE_TIME_TOKEN_INVALID',
    );
    const [kid, ...others] = await kids();
    expect(others).toEqual([]);
    expect(kidsOfBackup).not.toContain(kid);
  }
});
