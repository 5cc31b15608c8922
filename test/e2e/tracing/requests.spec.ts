import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { sql } from 'drizzle-orm';
import { DatabaseConnection } from '../../../src/database/database.js';
import { PASSWORD, type SignedIn } from '../../support/api-client.js';
import { kindOf, RecordedSpans, told } from '../../support/recorded-spans.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { EMBEDDED } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

/** The one request's, which ends once its answer has gone out; but for that of the document that answers are held against. */
const requestIn = (spans: RecordedSpans): Promise<ReadableSpan> =>
  eventually(() => {
    const [span, ...others] = spans.all.filter(
      (ended) => kindOf(ended) === 'SERVER' && ended.name !== 'GET /openapi.json',
    );
    if (!span || others.length > 0) throw new Error(`${others.length + 1} requests have ended`);
    return span;
  });
const statementsIn = (spans: readonly ReadableSpan[]) =>
  spans.filter(({ attributes }) => attributes['db.system.name'] !== undefined);

describe.each([
  ['PGlite', EMBEDDED],
  ['PostgreSQL, where there is one', {}],
])('Where an SDK has registered itself, on %s,', (_database, environment) => {
  let spans: RecordedSpans;
  let server: TestApp;
  let user: SignedIn;

  beforeAll(async () => {
    spans = new RecordedSpans();
    server = await startTestApp({ environment });
    user = (await server.api.register()).body;
    await requestIn(spans);
  });
  beforeEach(() => spans.forget());
  afterAll(async () => {
    await server.close();
    await spans.end();
  });

  it('a login is a span, and so is each statement and each hash within it', async () => {
    const { status, headers } = await server.api.post('/api/auth/login', {
      email: user.user.email,
      password: PASSWORD,
    });
    const request = await requestIn(spans);
    expect(status).toBe(200);
    expect(request.name).toBe('POST /api/auth/login');
    expect(request.parentSpanContext).toBeUndefined();
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/api/auth/login',
      'http.response.status_code': 200,
      'http.response.header.x-request-id': [headers.get('x-request-id')],
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
    });
    const within = spans.childrenOf(request);
    const hashes = within.filter(({ name }) => name === 'password verify');
    const statements = statementsIn(within);
    expect(hashes.map(kindOf)).toEqual(['INTERNAL']);
    expect(hashes[0]?.attributes).toEqual({
      'latchkey.password.algorithm': 'bcrypt',
      'latchkey.password.waited': expect.any(Number),
    });
    expect(hashes[0]?.events.map(({ name }) => name)).toEqual(['thread free']);
    expect(statements.length).toBeGreaterThanOrEqual(2);
    expect(new Set(statements.map(kindOf))).toEqual(new Set(['CLIENT']));
    expect(within).toHaveLength(hashes.length + statements.length);
    expect(spans.of(request)).toHaveLength(1 + within.length);
  });

  it('a refresh has one statement, whose text is without values', async () => {
    const { refreshToken } = (
      await server.api.post<SignedIn>('/api/auth/refresh', { refreshToken: user.refreshToken })
    ).body;
    user = { ...user, refreshToken };
    const request = await requestIn(spans);
    const [statement, ...others] = spans.childrenOf(request);
    expect(others).toEqual([]);
    expect(statement?.name).toBe('UPDATE sessions');
    expect(statement?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': 'UPDATE',
      'db.collection.name': 'sessions',
      'db.query.text': expect.stringMatching(/^update "latchkey"."sessions" set .*\$1.* where /s),
    });
  });

  it('a guarded request has the statements that it makes, and a refused one none', async () => {
    await server.api.get('/api/profile', { token: user.accessToken });
    const profile = await requestIn(spans);
    expect(spans.childrenOf(profile).map(({ name }) => name)).toEqual(['SELECT users']);

    spans.forget();
    await server.api.get('/api/profile', { token: 'no.such.token' });
    const refused = await requestIn(spans);
    expect(refused.attributes).toMatchObject({
      'http.route': '/api/profile',
      'http.response.status_code': 401,
    });
    expect(refused.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(spans.of(refused)).toEqual([refused]);
  });

  it('an address that there is not is told by its method alone', async () => {
    await fetch(`${server.url}/reset/lk_ot_secret?token=lk_ot_secret`);
    const request = await requestIn(spans);
    expect(request.name).toBe('GET');
    expect(told(request)).not.toContain('secret');
  });

  it('a transaction has the spans of its beginning and its end beside those of its statements', async () => {
    await server.api.post(
      '/api/auth/password/change',
      { currentPassword: PASSWORD, newPassword: PASSWORD.toUpperCase() },
      { token: user.accessToken },
    );
    const request = await requestIn(spans);
    const names = spans.childrenOf(request).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['BEGIN', 'UPDATE users', 'COMMIT', 'password verify', 'password hash']),
    );
    expect(names.indexOf('BEGIN')).toBeLessThan(names.indexOf('UPDATE users'));
    expect(names.indexOf('UPDATE users')).toBeLessThan(names.indexOf('COMMIT'));
  });

  it('a statement that fails is told by the code of the database, never by its message', async () => {
    const { db } = server.app.get(DatabaseConnection);
    await trace.getTracer('test').startActiveSpan('test', async (span) => {
      await expect(db.execute(sql`select ${'ada@example.com'}::integer`)).rejects.toThrow('Failed query');
      span.end();
    });
    const [statement] = spans.named('SELECT');
    expect(statement?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(statement?.attributes['error.type']).toBe('22P02');
    expect(spans.all.map(told).join('\n')).not.toContain('ada@');
  });

  it('statements of no request are no spans', async () => {
    const { db } = server.app.get(DatabaseConnection);
    await db.execute(sql`select 1`);
    expect(spans.named('SELECT')).toEqual([]);
  });

  it('no span says a password, a token, an address or a name', async () => {
    const name = 'Ada Lovelace';
    const { user: made, accessToken, refreshToken } = (await server.api.register({ name })).body;
    await server.api.get('/api/profile', { token: accessToken });
    await server.api.request('PATCH', '/api/profile', { token: accessToken, json: { name: 'Augusta King' } });
    await server.api.post('/api/auth/login', { email: made.email, password: 'a wrong one, too' });
    await server.api.post('/api/auth/password/forgot', { email: made.email });
    await server.api.get(`/api/profile?access_token=${accessToken}`);
    const renewed = (await server.api.post<SignedIn>('/api/auth/refresh', { refreshToken })).body;
    await server.api.post('/api/auth/logout-all', undefined, { token: renewed.accessToken });
    await eventually(() => expect(spans.named('POST /api/auth/logout-all')).toHaveLength(1));
    const all = spans.all.map(told).join('\n');
    expect(all).toContain('POST /api/auth/password/forgot');
    for (const secret of [
      PASSWORD,
      'a wrong one, too',
      accessToken,
      accessToken.split('.')[2] ?? '',
      refreshToken,
      renewed.refreshToken,
      'lk_rt_',
      'lk_ot_',
      made.email,
      made.id,
      name,
      'Augusta',
      '$bcrypt',
    ])
      expect(all).not.toContain(secret);
  });

  it('the trace of a stranger is linked to, and not gone on with', async () => {
    await server.api.get('/health/live', { headers: { traceparent: TRACEPARENT } });
    const request = await requestIn(spans);
    expect(request.parentSpanContext).toBeUndefined();
    expect(request.spanContext().traceId).not.toBe(TRACE);
    expect(request.links.map(({ context: { traceId, spanId } }) => [traceId, spanId])).toEqual([
      [TRACE, PARENT],
    ]);
  });
});

describe('Behind a proxy that is trusted', () => {
  let spans: RecordedSpans;
  let server: TestApp;

  beforeAll(async () => {
    spans = new RecordedSpans();
    server = await startTestApp({ environment: { TRUST_PROXY: '127.0.0.0/8' } });
    spans.forget();
  });
  afterAll(async () => {
    await server.close();
    await spans.end();
  });

  it('a request goes on with the trace that it comes with', async () => {
    await server.api.get('/health/live', { headers: { traceparent: TRACEPARENT } });
    const request = await requestIn(spans);
    expect(request.spanContext().traceId).toBe(TRACE);
    expect(request.parentSpanContext?.spanId).toBe(PARENT);
    expect(request.links).toEqual([]);
  });
});
