import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { Client } from 'pg';
import { DatabaseConnection } from '../../../src/database/database.js';
import { sessions } from '../../../src/tokens/sessions/sessions.table.js';
import { ApiClient, type SignedIn } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import {
  temporaryDirectory,
  type TemporaryDirectory,
  type TestEnvironment,
  testEnvironment,
} from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const MANY = 6_000;
/** Advisory lock that the end of one row waits for. */
const GATE = 7_420_002;

describe('A process that is killed while very many sessions end', () => {
  let directory: TemporaryDirectory;
  let environment: TestEnvironment;
  let app: TestApp | undefined;
  let server: LatchkeyProcess | undefined;

  beforeEach(() => {
    directory = temporaryDirectory();
    const APP_SECRET = randomBytes(32).toString('base64');
    environment = { APP_SECRET, NODE_ENV: 'development', PUBLIC_URL: 'http://latchkey.test' };
  });
  afterEach(async () => {
    await server?.stop('SIGKILL');
    await app?.close();
    directory.remove();
  });

  const startApp = async (): Promise<TestApp> => {
    app = await startTestApp({ environment, dataDir: directory.path });
    return app;
  };
  const stopApp = async () => {
    await app?.close();
    app = undefined;
  };
  const startProcess = async (): Promise<ApiClient> => {
    server = await LatchkeyProcess.start(testEnvironment(directory.path, environment));
    return new ApiClient(server.url);
  };

  /** A user with very many sessions, of which these have not been used for long. */
  const seed = async ({ app: running, api }: TestApp): Promise<[SignedIn, SignedIn]> => {
    const { db } = running.get(DatabaseConnection);
    const one = (await api.register()).body;
    const other = (await api.login(one.user.email)).body;
    await db.update(sessions).set({ lastUsedAt: new Date(0) });
    await db.execute(sql`
      insert into ${sessions} (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at, era)
      select gen_random_uuid(), ${one.user.id}, 0, 'x', now(), now(), now() + interval '1 day', now() + interval '1 day', 0
      from generate_series(1, ${MANY}::int)
    `);
    return [one, other];
  };

  const expectDead = async (api: ApiClient, { accessToken, refreshToken }: SignedIn) => {
    expectProblem(await api.profile(accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await api.refresh(refreshToken), 401, 'SESSION_ENDED');
  };

  /** Another process goes on with them; what is over stays so from the first moment. */
  const expectSettled = async (over: readonly SignedIn[], later: SignedIn) => {
    const { api, app: running } = await startApp();
    const { db } = running.get(DatabaseConnection);
    const { sub: subject, sid } = decodeJwt<{ sub: string; sid: string }>(later.accessToken);
    const openRows = () =>
      db
        .select({ id: sessions.id })
        .from(sessions)
        .where(and(eq(sessions.subject, subject), isNull(sessions.endedAt)));
    expect((await openRows()).length).toBeGreaterThan(over.length);
    for (const tokens of over) await expectDead(api, tokens);
    expect((await api.profile(later.accessToken)).status).toBe(200);

    await eventually(async () => expect(await openRows()).toEqual([{ id: sid }]));
    for (const tokens of over) await expectDead(api, tokens);
    expect((await api.refresh(later.refreshToken)).status).toBe(200);
  };

  it('leaves none of them alive, and the rest of their rows to the next one, on PGlite', async () => {
    const over = await seed(await startApp());
    await stopApp();
    const api = await startProcess();
    const [{ accessToken: token, user }] = over;
    expect((await api.post('/api/auth/logout-all', undefined, { token })).status).toBe(204);
    const later = (await api.login(user.email)).body;
    await server?.stop('SIGKILL');

    await expectSettled(over, later);
  });

  describeWithPostgres('-', () => {
    let database: TestDatabase;
    let gatekeeper: Client;

    beforeEach(async () => {
      database = await createMigratedDatabase();
      environment = { ...environment, DATABASE_URL: database.url };
      gatekeeper = new Client({ connectionString: database.url });
      await gatekeeper.connect();
    });
    afterEach(async () => {
      await gatekeeper?.end();
      await server?.stop('SIGKILL');
      await stopApp();
      await database?.drop();
    });

    /** The end of that session's row waits until the gate is opened, and with it what else the statement does. */
    const closeGate = async (id: unknown) => {
      await gatekeeper.query(`select pg_advisory_lock(${GATE})`);
      await gatekeeper.query(`
        create function wait_at_gate() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared(${GATE}); return new; end $$;
        create trigger wait_at_gate before update of ended_at on latchkey.sessions
        for each row when (old.id = '${String(id)}') execute function wait_at_gate();
      `);
    };
    const waiting = `from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`;

    it('has held up neither logins nor refusals, and leaves the rest of their rows to the next one, on PostgreSQL', async () => {
      const over = await seed(await startApp());
      await stopApp();
      const [{ accessToken: token, user }, held] = over;
      await closeGate(decodeJwt(held.accessToken)['sid']);
      const api = await startProcess();
      expect((await api.post('/api/auth/logout-all', undefined, { token })).status).toBe(204);
      await eventually(async () => expect((await gatekeeper.query(`select ${waiting}`)).rowCount).toBe(1));

      for (const tokens of over) await expectDead(api, tokens);
      const later = (await api.login(user.email)).body;
      const another = (await api.register()).body;
      expect((await api.refresh(another.refreshToken)).status).toBe(200);

      await server?.stop('SIGKILL');
      // Its connection is gone, too, as when the machine is.
      await gatekeeper.query(`select pg_terminate_backend(pid, 5000) ${waiting}`);
      await gatekeeper.query(`select pg_advisory_unlock(${GATE})`);
      await expectSettled(over, later);
    });
  });
});
