import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { PASSWORD } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

/** Advisory lock that each commit of a changed user waits for. */
const GATE = 7_420_001;
const NEW_PASSWORD = 'purple monkey dishwasher';

describeWithPostgres('A login with the old password, while the commit of the new one is under way,', () => {
  let database: TestDatabase;
  let server: TestApp;
  let gatekeeper: Client;
  const mails = new CapturedMails();

  beforeAll(async () => {
    database = await createDatabase();
    server = await startTestApp({
      environment: { DATABASE_URL: database.url, MAIL_MIN_INTERVAL: '0s' },
      overrides: { mail: { providers: [mails.provider] } },
    });
    gatekeeper = new Client({ connectionString: database.url });
    await gatekeeper.connect();
    const { rows } = await gatekeeper.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relname = 'users' and relkind = 'r'`,
    );
    // Deferred, so that everything of the transaction is done, and it only has to commit.
    await gatekeeper.query(`
      create function wait_at_gate() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(${GATE}); return null; end $$;
      create constraint trigger wait_at_gate after update of password_hash on ${rows[0]?.name}
      deferrable initially deferred for each row execute function wait_at_gate();
    `);
  });
  beforeEach(async () => {
    await gatekeeper.query('select pg_advisory_unlock_all()');
  });
  afterAll(async () => {
    await gatekeeper?.end();
    await server?.close();
    await database?.drop();
  });

  /** Runs `change` up to its commit, logs in with the old password, and lets it commit. */
  const logInBeforeCommit = async (email: string, change: () => Promise<{ status: number }>) => {
    await gatekeeper.query(`select pg_advisory_lock(${GATE})`);
    const changing = change();
    await eventually(async () => {
      const { rows } = await gatekeeper.query(
        `select 1 from pg_locks where locktype = 'advisory' and objid = ${GATE} and not granted`,
      );
      expect(rows).toHaveLength(1);
    });
    const login = await server.api.login(email);
    expect(login.status).toBe(200);
    await gatekeeper.query(`select pg_advisory_unlock(${GATE})`);
    expect((await changing).status).toBe(204);
    return login.body;
  };

  it('opens a session that a reset ends', async () => {
    const { email } = (await server.api.register()).body.user;
    await server.api.post('/api/auth/password/forgot', { email });
    const token = mails.token(email, 'password-reset');
    const reset = () => server.api.post('/api/auth/password/reset', { token, password: NEW_PASSWORD });
    const { accessToken, refreshToken } = await logInBeforeCommit(email, reset);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
  });

  it('opens a session that a change of the password ends', async () => {
    const { user, accessToken: own } = (await server.api.register()).body;
    const change = () =>
      server.api.post(
        '/api/auth/password/change',
        { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
        { token: own },
      );
    const { accessToken, refreshToken } = await logInBeforeCommit(user.email, change);
    expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
    expect((await server.api.profile(own)).status).toBe(200);
  });
});
