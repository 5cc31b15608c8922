import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ApiClient, uniqueEmail } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { Callers } from '../instances/callers.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

/** `npm run test:faults`: what takes longer than a suite has time for. */
const LONG = process.env['FAULTS'] === 'long';
/** Longer than any bound that a process holds what it knows to. */
const STANDSTILL = LONG ? 65_000 : 2_500;
const IDLE_CONNECTIONS = 1_000;
const SLOW_REQUESTS = 50;
const LOGINS = 500;
const REVOKED = 20;
const PATIENCE = 180_000;

describeWithPostgres('Of two instances on one database', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let environment: TestEnvironment;
  let server: LatchkeyProcess;
  let api: ApiClient;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    environment = testEnvironment(directory.path, {
      DATABASE_URL: `${database.url}?connect_timeout=30`,
      PUBLIC_URL: 'http://latchkey.test',
      REVOCATION_MAX_STALENESS: '1s',
      HASH_WORKERS: '2',
    });
    server = await LatchkeyProcess.start(environment);
    api = new ApiClient(server.url);
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await database?.drop();
    directory.remove();
  });

  const verify = (at: ApiClient, token: string) => at.get('/api/auth/verify', { token });

  describe('one', () => {
    let other: LatchkeyProcess;
    let there: ApiClient;

    beforeAll(async () => {
      other = await LatchkeyProcess.start(environment);
      there = new ApiClient(other.url);
    });
    afterAll(() => other?.stop('SIGKILL'));

    it(
      'that stood still longer than every bound lets in no token that was revoked meanwhile',
      async () => {
        const [living, loggedOut] = [(await api.register()).body, (await api.register()).body];
        for (const { accessToken } of [living, loggedOut])
          expect((await verify(there, accessToken)).status).toBe(204);

        other.signal('SIGSTOP');
        await api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
        await sleep(STANDSTILL);
        const answers = Promise.all([
          verify(there, living.accessToken),
          verify(there, loggedOut.accessToken),
        ]);
        other.signal('SIGCONT');
        const [first, second] = await answers;
        // Where its connections were given up meanwhile it knows nothing for a moment, and says so.
        expect([204, 503]).toContain(first?.status);
        expect([401, 503]).toContain(second?.status);
        await eventually(async () => expect((await verify(there, living.accessToken)).status).toBe(204));
        expectProblem(await verify(there, loggedOut.accessToken), 401, 'TOKEN_REVOKED');
      },
      PATIENCE,
    );

    it(
      'that stood still under load answers none of the requests that wait for it by what it knew before',
      async () => {
        const revoked = await Promise.all(
          Array.from({ length: REVOKED }, async () => (await api.register()).body),
        );
        for (const { accessToken } of revoked) expect((await verify(there, accessToken)).status).toBe(204);
        const callers = new Callers(there);
        try {
          await eventually(() => expect(callers.writes).toBeGreaterThan(20));
          other.signal('SIGSTOP');
          for (const [index, { accessToken: token }] of revoked.entries()) {
            const route = index % 2 === 0 ? 'logout' : 'logout-all';
            expect((await api.post(`/api/auth/${route}`, undefined, { token })).status).toBe(204);
          }
          const waiting = revoked.flatMap(({ accessToken, refreshToken }) => [
            ...Array.from({ length: 5 }, () => verify(there, accessToken)),
            there.profile(accessToken),
            there.refresh(refreshToken),
          ]);
          const answered = Promise.allSettled(waiting);
          await sleep(STANDSTILL);
          other.signal('SIGCONT');
          // Those whose connections were given up meanwhile have no answer.
          const statuses = (await answered).map((answer) =>
            answer.status === 'fulfilled' ? answer.value.status : 'none',
          );
          expect(statuses.filter((status) => status !== 401 && status !== 503 && status !== 'none')).toEqual(
            [],
          );
          expect(statuses).toContain(401);

          const { writes } = callers;
          await eventually(() => expect(callers.writes).toBeGreaterThan(writes + 20));
        } finally {
          await callers.stop();
        }
        for (const { accessToken } of revoked)
          expectProblem(await verify(there, accessToken), 401, 'TOKEN_REVOKED');
      },
      PATIENCE,
    );

    it('whose connections to PostgreSQL are all cut goes on by itself, and has lost nothing that was acknowledged', async () => {
      const acknowledged: string[] = [];
      let over = false;
      const writers = Array.from({ length: 4 }, async () => {
        while (!over) {
          const answer = await there.register({ email: uniqueEmail() });
          if (answer.status === 201) acknowledged.push(answer.body.refreshToken);
          else expectProblem(answer, 503, 'UNAVAILABLE');
        }
      });
      const operator = new pg.Client({ connectionString: database.url });
      await operator.connect();
      for (let cut = 0; cut < 3; cut += 1) {
        const before = acknowledged.length;
        await eventually(() => expect(acknowledged.length).toBeGreaterThan(before + 3));
        await operator.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
      }
      await operator.end();
      await eventually(async () => expect((await there.get('/health/ready')).status).toBe(200));
      over = true;
      await Promise.all(writers);
      const answers = await Promise.all(acknowledged.map((token) => there.refresh(token)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });
  });

  describe('the other', () => {
    it(
      'answers beside a thousand idle connections and fifty requests that never end',
      async () => {
        const { accessToken } = (await api.register()).body;
        const { port } = new URL(server.url);
        const open = async (text: string): Promise<Socket> => {
          const socket = connect(Number(port), '127.0.0.1');
          socket.on('error', () => undefined);
          await once(socket, 'connect');
          socket.write(text);
          return socket;
        };
        const idle = await Promise.all(Array.from({ length: IDLE_CONNECTIONS }, () => open('')));
        const head = 'POST /api/auth/login HTTP/1.1\r\nHost: latchkey.test\r\nX-Slow: ';
        const slow = await Promise.all(Array.from({ length: SLOW_REQUESTS }, () => open(head)));
        const drip = setInterval(() => slow.forEach((socket) => socket.write('a')), 500);
        try {
          expect((await verify(api, accessToken)).status).toBe(204);
          expect((await api.register()).status).toBe(201);
          // The server cuts what has not ended within 30 seconds, however it drips.
          if (LONG) {
            await Promise.all(
              slow.filter(({ closed }) => !closed).map((socket) => once(socket.resume(), 'close')),
            );
          }
          expect((await api.get('/health/ready')).status).toBe(200);
        } finally {
          clearInterval(drip);
          for (const socket of [...idle, ...slow]) socket.destroy();
        }
      },
      PATIENCE,
    );

    it(
      'answers 500 logins at once, or says when to come again, and stays fast for others meanwhile',
      async () => {
        const { user, accessToken } = (await api.register()).body;
        await server.stop();
        server = await LatchkeyProcess.start({
          ...environment,
          BCRYPT_COST: LONG ? '12' : '10',
          // As it is by default.
          REVOCATION_MAX_STALENESS: '5s',
        });
        api = new ApiClient(server.url);
        // The hash is made anew, with this cost.
        expect((await api.login(user.email)).status).toBe(200);

        let open = LOGINS;
        const logins = Array.from({ length: LOGINS }, async () => {
          const answer = await api.login(user.email);
          open -= 1;
          return answer;
        });
        const answeredMeanwhile: number[] = [];
        while (open > 0) answeredMeanwhile.push((await verify(api, accessToken)).status);
        const answers = await Promise.all(logins);
        expect(new Set(answeredMeanwhile)).toEqual(new Set([204]));
        expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
        for (const answer of answers.filter(({ status }) => status !== 200)) {
          expectProblem(answer, 503, 'UNAVAILABLE');
          expect(answer.headers.get('retry-after')).not.toBeNull();
        }
        expect((await api.login(user.email)).status).toBe(200);
      },
      PATIENCE,
    );
  });
});
