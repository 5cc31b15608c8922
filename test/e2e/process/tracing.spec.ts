import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { freePort } from '../../support/services/free-port.js';
import { SpanCollector } from '../../support/span-collector.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';

const JSON_AT_ONCE = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '50' };
/** Later than any test lasts: what is sent is sent at the stop. */
const NEVER_BY_ITSELF = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '600000' };

const SECRET = randomBytes(32).toString('base64');

describe('Traces of the server', () => {
  let store: TestStore;
  let collector: SpanCollector;
  let server: LatchkeyProcess;

  beforeEach(async () => {
    store = await createTestStore({ environment: { NODE_ENV: 'production', APP_SECRET: SECRET } });
    collector = await SpanCollector.start();
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await collector.close();
    await store.remove();
  });

  const start = async (environment: TestEnvironment) => {
    server = await LatchkeyProcess.start({ ...store.environment, ...environment });
  };
  const register = () =>
    fetch(`${server.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: PASSWORD }),
    });
  const lines = () =>
    server.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const warnings = () => lines().filter(({ level, context }) => level === 40 && context === 'Tracing');

  it('go to the endpoint of the standard variables, named as they say, within one trace for each request', async () => {
    await start({
      ...JSON_AT_ONCE,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
      OTEL_SERVICE_NAME: 'identity',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
    });
    expect((await register()).status).toBe(201);
    const request = await eventually(() => {
      const found = collector.spans.find(({ name }) => name === 'POST /api/auth/register');
      if (!found) throw new Error('not sent yet');
      return found;
    });
    const within = collector.spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    expect(within.map(({ name }) => name)).toContain('password hash');
    expect(within.some(({ attributes }) => attributes.some(({ key }) => key === 'db.query.text'))).toBe(true);
    expect(new Set(within.map(({ traceId }) => traceId))).toEqual(new Set([request.traceId]));
    expect(collector.resource).toMatchObject({
      'service.name': 'identity',
      'deployment.environment.name': 'staging',
      'telemetry.sdk.name': 'opentelemetry',
    });
    const [{ path, headers } = {}] = collector.received;
    expect([path, headers?.authorization]).toEqual(['/v1/traces', 'Bearer of-the-collector']);
    // The log says which trace a request is of.
    const line = lines().find(({ path: route }) => route === '/api/auth/register');
    expect([line?.['traceId'], line?.['spanId']]).toEqual([request.traceId, request.spanId]);
    expect(server.stdout).not.toContain('of-the-collector');
    expect(warnings()).toEqual([]);
    expect(lines().filter(({ context }) => context === 'Settings')).toEqual([]);
  });

  it('are protobuf unless it is said otherwise, and are named latchkey', async () => {
    await start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/ingest`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    await fetch(`${server.url}/health/live`);
    const sent = () => collector.received.map(({ body }) => body.toString('latin1')).join('');
    await eventually(() => expect(sent()).toContain('GET /health/live'));
    const [{ path, headers } = {}] = collector.received;
    expect([path, headers?.['content-type']]).toEqual(['/ingest', 'application/x-protobuf']);
    expect(sent()).toMatch(/service\.name[^a-z]+latchkey/);
  });

  it('are all sent before a stop ends', async () => {
    await start({ ...NEVER_BY_ITSELF, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await register();
    expect(collector.received).toEqual([]);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(collector.spans.map(({ name }) => name)).toContain('POST /api/auth/register');
  });

  it('are as many as the sampler lets through', async () => {
    await start({
      ...NEVER_BY_ITSELF,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'always_off',
    });
    expect((await register()).status).toBe(201);
    await server.stop();
    expect(collector.received).toEqual([]);
  });

  it('take an SDK, which is not loaded without them', async () => {
    const loads = async (environment: TestEnvironment) => {
      const coverage = join(store.dataDir, `coverage-${Object.keys(environment).length}`);
      await start({ ...environment, NODE_V8_COVERAGE: coverage });
      await server.stop();
      const texts = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
      return texts.some((text) => text.includes('dist/server/tracing-sdk.js'));
    };
    expect(await loads({ OTEL_SERVICE_NAME: 'identity' })).toBe(false);
    expect(await loads({ ...NEVER_BY_ITSELF, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })).toBe(true);
  });

  it.each([
    ['OTEL_SDK_DISABLED', 'true'],
    ['OTEL_TRACES_EXPORTER', 'none'],
  ])('are not made with %s=%s', async (name, value) => {
    await start({ ...JSON_AT_ONCE, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, [name]: value });
    expect((await register()).status).toBe(201);
    await server.stop();
    expect(collector.received).toEqual([]);
    expect(warnings()).toEqual([]);
    expect(lines().find(({ path }) => path === '/api/auth/register')).not.toHaveProperty('spanId');
  });

  it.each([
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'collector:4317',
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL of http or https',
    ],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json'],
    ['OTEL_TRACES_EXPORTER', 'zipkin', 'OTEL_TRACES_EXPORTER must be otlp or none'],
  ])('with %s=%s there are none, and the log says so', async (name, value, message) => {
    await start({ ...JSON_AT_ONCE, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, [name]: value });
    expect((await register()).status).toBe(201);
    expect(warnings().map(({ msg }) => msg)).toEqual([`${message}: nothing is traced.`]);
    await server.stop();
    expect(collector.received).toEqual([]);
  });

  it('of which the SDK does not understand a variable go on, and the log says so', async () => {
    await start({
      ...JSON_AT_ONCE,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'sometimes',
    });
    await fetch(`${server.url}/health/live`);
    await eventually(() => expect(collector.spans.length).toBeGreaterThan(0));
    expect(warnings().map(({ msg }) => msg)).toEqual([expect.stringContaining('OTEL_TRACES_SAMPLER')]);
  });

  it('that no collector takes keep no request, are told of once, and keep no stop', async () => {
    await start({
      ...JSON_AT_ONCE,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    });
    expect((await register()).status).toBe(201);
    await eventually(() => expect(warnings()).toHaveLength(1));
    for (let turn = 0; turn < 5; turn += 1)
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(warnings().map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^Spans cannot be sent to 127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    ]);
  });

  describe('to a collector that takes connections and says nothing', () => {
    let silent: Server;

    beforeEach(async () => {
      silent = createServer(() => undefined);
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => {
      silent.close();
    });

    it('keep no request, and a stop no longer than its bound', async () => {
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      await start({ ...JSON_AT_ONCE, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
      expect((await register()).status).toBe(201);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
    });
  });
});
