import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithPostgres } from '../../support/services/available.js';
import { startPostgresPair } from '../../support/services/start-postgres.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Callers } from '../instances/callers.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

type Postgres = Awaited<ReturnType<typeof startPostgresPair>>['primary'];

describeWithPostgres('When the primary of a list of PostgreSQL servers dies', () => {
  let primary: Postgres;
  let standby: Postgres;
  let first: TestApp;
  let second: TestApp;

  beforeEach(async () => {
    ({ primary, standby } = await startPostgresPair());
    await primary.run(
      // What was answered is on the standby, too.
      "alter system set synchronous_standby_names = '*'",
      "alter system set synchronous_commit = 'remote_apply'",
      'select pg_reload_conf()',
    );
    const hosts = [primary, standby].map(({ url }) => new URL(url).host).join(',');
    const url = primary.url.replace(new URL(primary.url).host, hosts);
    const environment = {
      // Both instances are one installation.
      APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA',
      PUBLIC_URL: 'http://localhost:3000',
      REVOCATION_MAX_STALENESS: '1s',
      // A rotation whose answer was lost with the primary is asked for again after it.
      REFRESH_GRACE: '1h',
      DATABASE_URL: `${url}?target_session_attrs=read-write`,
    };
    first = await startTestApp({ environment });
    second = await startTestApp({ environment });
  });
  afterEach(async () => {
    await first?.close();
    await second?.close();
    await standby.stop();
    await primary.stop();
  });

  /** On a busy machine what is known may be older than a second, and the answer 503. */
  const logOut = (token: string) =>
    eventually(async () => {
      expect((await first.api.post('/api/auth/logout', undefined, { token })).status).toBe(204);
    });

  it('requests under load answer 503 until the standby is promoted, and then all goes on by itself', async () => {
    const account = { email: 'ada@example.com', password: 'correct horse battery staple' };
    const { refreshToken } = (await first.api.post<Tokens>('/api/auth/register', account)).body;
    const loggedOut = (await first.api.register()).body;
    await logOut(loggedOut.accessToken);

    const callers = new Callers(second.api, 2);
    await eventually(() => expect(callers.writes).toBeGreaterThan(10));
    await primary.kill();
    await eventually(async () => expect((await first.api.get('/health/ready')).status).toBe(503));
    expectProblem(await first.api.refresh(refreshToken), 503, 'UNAVAILABLE');
    expectProblem(await first.api.post('/api/auth/login', account), 503, 'UNAVAILABLE');
    expect((await first.api.get('/health/live')).status).toBe(200);

    await standby.run('select pg_promote()');
    for (const { api } of [first, second])
      await eventually(async () => expect((await api.get('/health/ready')).status).toBe(200));
    const { writes } = callers;
    await eventually(() => expect(callers.writes).toBeGreaterThan(writes + 10));
    await callers.stop();
    // None was refused for another reason, and each that was acknowledged is there.
    expect(callers.failures.filter((failure) => !/ 503 .*"UNAVAILABLE"/.test(failure))).toEqual([]);
    for (const chain of callers.chains) {
      expect((await first.api.refresh(chain.refreshToken)).status).toBe(200);
    }
    expect((await first.api.refresh(refreshToken)).status).toBe(200);
    const login = await first.api.post<Tokens>('/api/auth/login', account);
    expect(login.status).toBe(200);
    const verify = (token: string) => second.api.get('/api/auth/verify', { token });
    await eventually(async () => expectProblem(await verify(loggedOut.accessToken), 401, 'TOKEN_REVOKED'));

    const { accessToken: token } = login.body;
    await eventually(async () => expect((await verify(token)).status).toBe(204));
    await logOut(token);
    await eventually(async () => expectProblem(await verify(token), 401, 'TOKEN_REVOKED'));
  });
});
