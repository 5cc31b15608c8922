import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { type Metrics, metricsIn, readMetrics } from '../../support/metrics.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';

const TOKEN = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

let server: TestApp;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp({
    environment: { RESEND_RATE_LIMIT: '1/10m', REFRESH_GRACE: '0s' },
  });
  user = (await server.api.register()).body;
});
afterAll(async () => {
  await server.close();
});

/** By how much each value grew. */
async function growth(work: () => Promise<unknown>): Promise<(name: string) => number> {
  const before = await readMetrics(server.url);
  await work();
  const after = await readMetrics(server.url);
  return (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
}

const requests = (method: string, route: string, status: number) =>
  `latchkey_http_requests_total{route="${route}",method="${method}",status="${status}"}`;

describe('GET /metrics', () => {
  it('answers in the text of Prometheus, to what runs on the same machine', async () => {
    const { status, headers, body } = await server.api.get<string>('/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(headers.get('cache-control')).toBe('no-store');
    const metrics = metricsIn(body);
    expect(metrics.get(`latchkey_build_info{version="0.1.0",node="${process.versions.node}"}`)).toBe(1);
    expect(metrics.get('latchkey_processes')).toBe(1);
    expect([...metrics.keys()].join('\n')).toMatch(/^nodejs_eventloop_lag_p99_seconds$/m);
    expect([...metrics.keys()].join('\n')).toMatch(/^process_cpu_seconds_total$/m);
  });

  it('is not there for what has come through a proxy', async () => {
    expectProblem(
      await server.api.get('/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } }),
      404,
      'NOT_FOUND',
    );
  });

  it('counts requests by the template of their route, by method and status', async () => {
    const grew = await growth(async () => {
      await server.api.get('/api/profile', { token: user.accessToken });
      await server.api.get('/api/profile');
      await server.api.request('DELETE', `/api/auth/sessions/${crypto.randomUUID()}`, {
        token: user.accessToken,
      });
    });
    expect(grew(requests('GET', '/api/profile', 200))).toBe(1);
    expect(grew(requests('GET', '/api/profile', 401))).toBe(1);
    expect(grew(requests('DELETE', '/api/auth/sessions/:id', 404))).toBe(1);
    const duration = 'latchkey_http_request_duration_seconds';
    const labels = 'route="/api/profile",method="GET"';
    expect(grew(`${duration}_count{${labels}}`)).toBe(2);
    expect(grew(`${duration}_bucket{le="+Inf",${labels}}`)).toBe(2);
    expect(grew(`${duration}_sum{${labels}}`)).toBeGreaterThan(0);
  });

  it('has one route for all addresses that there are not, whatever the method', async () => {
    // Node's own come and go with what it waits for.
    const sizes = async () =>
      [...(await readMetrics(server.url)).keys()].filter((name) => name.startsWith('latchkey_')).length;
    await fetch(`${server.url}/nothing`);
    const before = await sizes();
    const grew = await growth(async () => {
      for (const path of ['/a', '/b?c=d', '/wp-login.php', '/api/auth/login/', '/%2e%2e/x', '/%zz'])
        await fetch(server.url + path);
    });
    expect(grew(requests('GET', '(no route)', 404))).toBeGreaterThanOrEqual(5);
    expect(await sizes()).toBe(before);
  });

  it('counts logins by what became of them', async () => {
    const { email } = user.user;
    const grew = await growth(async () => {
      await server.api.login(email, PASSWORD);
      await server.api.login(email, 'wrong');
      await server.api.login(uniqueEmail(), 'wrong');
      // Events are told after the answer.
      await eventually(async () =>
        expect(
          (await readMetrics(server.url)).get('latchkey_logins_total{outcome="wrong_credentials"}'),
        ).toBe(2),
      );
    });
    expect(grew('latchkey_logins_total{outcome="succeeded"}')).toBe(1);
    expect(grew('latchkey_logins_total{outcome="wrong_credentials"}')).toBe(2);
    expect(grew('latchkey_auth_events_total{type="login.failed"}')).toBe(2);
    expect(grew('latchkey_password_hash_duration_seconds_count{operation="verify"}')).toBe(3);
    expect(grew('latchkey_password_hash_wait_seconds_count')).toBe(3);
  });

  it('counts refreshes by how they were answered, and revocations that are live', async () => {
    const other = (await server.api.register()).body;
    const grew = await growth(async () => {
      const { refreshToken } = (await server.api.refresh(other.refreshToken)).body;
      await server.api.refresh(other.refreshToken);
      await server.api.refresh(refreshToken);
      await server.api.refresh('lk_rt_nonsense');
    });
    const outcomes = ['rotated', 'repeated', 'reused', 'ended', 'expired', 'invalid', 'failed'];
    expect(outcomes.map((outcome) => grew(`latchkey_refreshes_total{outcome="${outcome}"}`))).toEqual([
      1, 0, 1, 1, 0, 1, 0,
    ]);
    expect(grew('latchkey_revocations_live{kind="session"}')).toBe(1);
  });

  it('counts what was refused for a spent quota, by quota', async () => {
    const grew = await growth(async () => {
      for (let time = 0; time < 3; time += 1)
        await server.api.post('/api/auth/email/resend', undefined, { token: user.accessToken });
    });
    expect(grew('latchkey_rate_limited_total{quota="resend"}')).toBe(2);
  });

  it('tells of keys, revocations, hashing and mails that wait', async () => {
    const metrics = await readMetrics(server.url);
    const value = (name: string) => metrics.get(`latchkey_${name}`);
    expect(value('signing_key_age_seconds')).toBeGreaterThanOrEqual(0);
    expect(value('signing_keys_known')).toBe(1);
    expect(value('revocations_staleness_seconds')).toBeLessThan(5);
    expect(value('password_hash_queue{state="waiting"}')).toBe(0);
    expect(value('password_hash_queue{state="limit"}')).toBeGreaterThan(0);
    expect(value('password_hash_rejections_total')).toBe(0);
    expect(value('mail_outbox{state="waiting"}')).toBeGreaterThanOrEqual(0);
    expect(value('mail_outbox{state="given_up"}')).toBe(0);
    expect(value('mail_outbox_oldest_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('has no value that grows with users, and names none of them', async () => {
    const before = await readMetrics(server.url);
    const signedIn: SignedIn[] = [];
    for (let time = 0; time < 3; time += 1) {
      const { body } = await server.api.register();
      signedIn.push(body);
      await server.api.get('/api/profile', { token: body.accessToken });
      await server.api.post('/api/auth/logout', undefined, { token: body.accessToken });
    }
    await eventually(async () => {
      const ended = 'latchkey_auth_events_total{type="session.ended"}';
      expect((await readMetrics(server.url)).get(ended)).toBeGreaterThanOrEqual((before.get(ended) ?? 0) + 3);
    });
    const text: string = (await server.api.get<string>('/metrics')).body;
    const secrets = signedIn.flatMap(({ user: { id, email }, accessToken, refreshToken }) => [
      id,
      email,
      accessToken,
      refreshToken,
    ]);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(labelsOf(metricsIn(text)).filter((label) => /\d{4}|@|[0-9a-f]{8}-/.test(label))).toEqual([]);
  });
});

const labelsOf = (metrics: Metrics) => [...metrics.keys()].filter((name) => !name.includes('le="'));

describe('GET /metrics with METRICS_TOKEN', () => {
  let guarded: TestApp;

  beforeAll(async () => {
    guarded = await startTestApp({ environment: { METRICS_TOKEN: TOKEN } });
  });
  afterAll(async () => {
    await guarded.close();
  });

  it('answers its bearer, through a proxy, too, and no one else', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    expect((await guarded.api.get('/metrics', { token: TOKEN, headers })).status).toBe(200);
    const { accessToken } = (await guarded.api.register()).body;
    for (const token of [undefined, `${TOKEN}x`, accessToken])
      expectProblem(await guarded.api.get('/metrics', { token }), 401, 'CREDENTIAL_INVALID');
  });
});

describeWithPostgres('Metrics of two instances', () => {
  let database: TestDatabase;
  let instances: TestApp[];

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const environment = { DATABASE_URL: database.url, DATABASE_POOL_MAX: '3', APP_SECRET: TOKEN };
    instances = [];
    for (let each = 0; each < 2; each += 1) instances.push(await startTestApp({ environment }));
  });
  afterAll(async () => {
    await Promise.all((instances ?? []).map(async (instance) => instance.close()));
    await database?.drop();
  });

  it('tell how long after it was made a revocation is known to the other, and of the pool of each', async () => {
    const [one, other] = instances as [TestApp, TestApp];
    const { accessToken } = (await one.api.register()).body;
    await one.api.post('/api/auth/logout', undefined, { token: accessToken });
    const lag = 'latchkey_revocation_lag_seconds';
    const learned = (metrics: Metrics, sort: string) =>
      ['message', 'reading'].reduce(
        (sum, source) => sum + (metrics.get(`${lag}_${sort}{source="${source}"}`) ?? 0),
        0,
      );
    const metrics = await eventually(async () => {
      const read = await readMetrics(other.url);
      expect(learned(read, 'count')).toBe(1);
      return read;
    });
    expect(learned(metrics, 'sum')).toBeLessThan(5);
    expect(learned(await readMetrics(one.url), 'count')).toBe(0);
    const pool = (state: string) => metrics.get(`latchkey_database_pool{state="${state}"}`) ?? Number.NaN;
    expect([pool('limit'), pool('waiting')]).toEqual([3, 0]);
    expect(pool('in_use') + pool('idle')).toBeLessThanOrEqual(3);
  });
});
