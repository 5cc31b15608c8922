import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { sectionOf } from '../../support/markdown-section.js';
import { readOutbox } from '../../support/read-outbox.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';
import { runCommand } from '../support/operator.js';
import { expectProblem } from '../support/problems.js';

describeWithPostgres('In an incident, beside a server that runs', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let environment: TestEnvironment;
  let server: LatchkeyProcess;
  let api: ApiClient;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    environment = testEnvironment(directory.path, {
      NODE_ENV: 'development',
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://latchkey.test',
    });
    server = await LatchkeyProcess.start(environment);
    api = new ApiClient(server.url);
  });
  afterAll(async () => {
    await server?.stop();
    await database?.drop();
    directory.remove();
  });

  const cli = async (...words: string[]) => {
    const { code, stderr } = await runCommand(environment, ...words);
    expect([code, stderr]).toEqual([0, '']);
  };
  const dies = (accessToken: string) =>
    eventually(async () => expect((await api.profile(accessToken)).body.code).toBe('TOKEN_REVOKED'));

  it('a leaked refresh token is worth nothing once the sessions of its user have ended', async () => {
    const { user, accessToken, refreshToken } = (await api.register()).body;
    await cli('sessions', 'end', user.email);
    await dies(accessToken);
    expectProblem(await api.refresh(refreshToken), 401, 'SESSION_ENDED');
    expect((await api.login(user.email)).status).toBe(200);
  });

  it('a stolen administrator is locked out, what was done is found, and its owner comes back by mail', async () => {
    const { user } = (await api.register()).body;
    const victim = (await api.register()).body;
    await cli('users', 'grant', user.email, 'admin');
    const stolen = (await api.login(user.email)).body;
    const ended = await api.request('DELETE', `/api/admin/users/${victim.user.id}/sessions`, {
      token: stolen.accessToken,
    });
    expect(ended.status).toBe(204);

    await cli('users', 'disable', user.email);
    await dies(stolen.accessToken);
    expect((await api.refresh(stolen.refreshToken)).status).toBe(401);
    expectProblem(await api.login(user.email), 403, 'ACCOUNT_DISABLED');
    expect(await doneBy(user.email)).toContainEqual(
      expect.objectContaining({ type: 'session.ended', subject: victim.user.id }),
    );

    await cli('users', 'withdraw', user.email, 'admin');
    await cli('users', 'enable', user.email);
    await cli('users', 'reset-password', user.email);
    const [mail] = await readOutbox(directory.path, {
      to: user.email,
      template: 'password-reset',
      atLeast: 1,
    });
    const password = 'purple monkey dishwasher tuesday';
    expect((await api.post('/api/auth/password/reset', { token: mail?.token, password })).status).toBe(204);
    const owner = (await api.login(user.email, password)).body;
    expect(owner.user.roles).not.toContain('admin');
  });

  /** By the statement that is documented. */
  async function doneBy(email: string): Promise<{ type: string; subject: string }[]> {
    const section = sectionOf('operations.md', 'An administrator account was stolen');
    const [, statement = ''] = /```sql\n([\s\S]+?)```/.exec(section) ?? [];
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (
        await client.query<{ type: string; subject: string }>(
          statement.replace('admin@example.com', email.toLowerCase()),
        )
      ).rows;
    } finally {
      await client.end();
    }
  }
});
