import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Provider } from '@nestjs/common';
import { PostgresUsersRepository } from '../../../src/users/postgres-users.repository.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

/** Advisory lock that each commit of a changed user waits for. */
const GATE = 7_420_001;
const NEW_PASSWORD = 'purple monkey dishwasher';

/** A team's repository, which may keep users where no login can hold them. */
class TeamUsersRepository extends PostgresUsersRepository {
  override holding(): never {
    return undefined as never;
  }
}

const WITH_OLD_PASSWORD = 'A login with the old password, while the commit of the new one is under way,';

describeWithPostgres(WITH_OLD_PASSWORD, () => {
  const gate = gatedServer([]);

  /** Runs `change` up to its commit, logs in with the old password, and lets it commit. */
  const logInBeforeCommit = async (email: string, change: Change) => {
    const changing = await gate.upToCommit(change);
    const login = gate.api.login(email);
    await gate.untilWaiting(2);
    await gate.open();
    expect((await changing()).status).toBe(204);
    return login;
  };

  it('waits for a reset, and opens no session', async () => {
    const { email } = (await gate.api.register()).body.user;
    expectProblem(await logInBeforeCommit(email, await gate.reset(email)), 401, 'INVALID_CREDENTIALS');
    const token = (await gate.api.login(email, NEW_PASSWORD)).body.accessToken;
    expect((await gate.api.get('/api/auth/sessions', { token })).body).toHaveLength(1);
  });

  it('waits for a change of the password, and opens no session', async () => {
    const { user, accessToken: token } = (await gate.api.register()).body;
    expectProblem(await logInBeforeCommit(user.email, gate.change(token)), 401, 'INVALID_CREDENTIALS');
    expect((await gate.api.get('/api/auth/sessions', { token })).body).toHaveLength(1);
  });
});

describeWithPostgres(`${WITH_OLD_PASSWORD} with users kept by a team,`, () => {
  const gate = gatedServer([{ provide: UsersRepository, useClass: TeamUsersRepository }]);

  /** Runs `change` up to its commit, logs in with the old password, and lets it commit. */
  const logInBeforeCommit = async (email: string, change: Change) => {
    const changing = await gate.upToCommit(change);
    const login = await gate.api.login(email);
    expect(login.status).toBe(200);
    await gate.open();
    expect((await changing()).status).toBe(204);
    return login.body;
  };

  it('opens a session that a reset ends', async () => {
    const { email } = (await gate.api.register()).body.user;
    const { accessToken, refreshToken } = await logInBeforeCommit(email, await gate.reset(email));
    expectProblem(await gate.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await gate.api.refresh(refreshToken), 401, 'SESSION_ENDED');
  });

  it('opens a session that a change of the password ends', async () => {
    const { user, accessToken: own } = (await gate.api.register()).body;
    const { accessToken, refreshToken } = await logInBeforeCommit(user.email, gate.change(own));
    expectProblem(await gate.api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await gate.api.refresh(refreshToken), 401, 'SESSION_ENDED');
    expect((await gate.api.profile(own)).status).toBe(200);
  });
});

type Change = () => Promise<{ status: number }>;

/** A server of its own, whose commits of changed passwords can be held up. */
function gatedServer(providers: readonly Provider[]) {
  let database: TestDatabase;
  let server: TestApp;
  let gatekeeper: Client;
  const mails = new CapturedMails();

  beforeAll(async () => {
    database = await createMigratedDatabase();
    server = await startTestApp({
      environment: { DATABASE_URL: database.url, MAIL_MIN_INTERVAL: '0s' },
      providers: [...providers, mails.provider],
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

  /** Until so many wait for a lock. */
  const untilWaiting = (waiting: number) =>
    eventually(async () => {
      const { rows } = await gatekeeper.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(rows).toHaveLength(waiting);
    });

  return {
    get api() {
      return server.api;
    },
    untilWaiting,
    open: () => gatekeeper.query(`select pg_advisory_unlock(${GATE})`),
    /** @returns what gives its answer */
    upToCommit: async (change: Change) => {
      await gatekeeper.query(`select pg_advisory_lock(${GATE})`);
      const changing = change();
      await untilWaiting(1);
      return () => changing;
    },
    reset: async (email: string): Promise<Change> => {
      await server.api.post('/api/auth/password/forgot', { email });
      const token = mails.token(email, 'password-reset');
      return () => server.api.post('/api/auth/password/reset', { token, password: NEW_PASSWORD });
    },
    change:
      (token: string): Change =>
      () => {
        const json = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
        return server.api.post('/api/auth/password/change', json, { token });
      },
  };
}
