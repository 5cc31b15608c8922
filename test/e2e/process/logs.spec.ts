import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../support/services/free-port.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';
import { eventually } from '../support/eventually.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

type Line = Record<string, unknown>;

describe('logs', () => {
  let store: TestStore;
  let server: LatchkeyProcess;

  beforeEach(async () => {
    store = await createTestStore({});
  });

  afterEach(async () => {
    await server.stop('SIGKILL');
    await store.remove();
  });

  const start = async (environment: TestEnvironment) => {
    server = await LatchkeyProcess.start({ ...store.environment, ...environment });
  };
  const logIn = (headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/auth/login?secret=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email: 'ada@example.com', password: 'wrong' }),
    });
  const linesOf = (context: string): Line[] =>
    server.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line['context'] === context);
  const requestsOnceThere = async (count: number): Promise<Line[]> => {
    await eventually(async () => {
      await Promise.resolve();
      expect(linesOf('Http').length).toBeGreaterThanOrEqual(count);
    });
    return linesOf('Http');
  };

  it('in production: one JSON line for each change and refusal, with the id that the client was told', async () => {
    await start({ NODE_ENV: 'production', TRUST_PROXY: '127.0.0.0/8' });
    const answers = [
      await logIn({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'user-agent': 'curl/8' }),
      await logIn({ 'x-request-id': 'edge-42' }),
      await fetch(`${server.url}/health/live`),
      await fetch(`${server.url}/api/profile?access_token=x`),
      await fetch(`${server.url}/nowhere/secret`),
      await fetch(`${server.url}/%zz`),
    ];
    const ids = answers.map(({ headers }) => headers.get('x-request-id') ?? '');
    const lines = await requestsOnceThere(4);

    expect(lines.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['POST', '/api/auth/login', 401],
      ['POST', '/api/auth/login', 401],
      ['GET', '/api/profile', 401],
      ['GET', '(no route)', 404],
    ]);
    expect(lines.map(({ requestId }) => requestId)).toEqual([ids[0], 'edge-42', ids[3], ids[4]]);
    expect(lines[0]).toMatchObject({
      level: 30,
      traceId: TRACE,
      ip: '127.0.0.1',
      userAgent: 'curl/8',
      msg: expect.stringMatching(/^POST \/api\/auth\/login 401 \d+ ms$/),
    });
    expect(lines[1]).not.toHaveProperty('traceId');
    for (const id of [ids[0], ids[2], ids[3], ids[5]]) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('have the line of a request that came just before the server stopped', async () => {
    await start({ NODE_ENV: 'production' });
    await logIn();
    const { code } = await server.stop('SIGTERM');

    expect(code).toBe(0);
    expect(linesOf('Http')).toMatchObject([{ path: '/api/auth/login', status: 401 }]);
  });

  it('stop no server where they cannot be written', async () => {
    const port = await freePort();
    server = LatchkeyProcess.launch({ ...store.environment, NODE_ENV: 'production', PORT: String(port) }, [
      'sh',
      '-c',
      'exec "$@" >/dev/full',
      'sh',
    ]);
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200));
    const refused = await Promise.all(['/nowhere', '/api/profile'].map((path) => fetch(`${url}${path}`)));
    await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200));
    const { code } = await server.stop('SIGTERM');

    expect(refused.map(({ status }) => status)).toEqual([404, 401]);
    expect(code).toBe(0);
    expect(server.stderr).toBe('');
  });

  it('tell of every request at LOG_LEVEL=debug', async () => {
    await start({ NODE_ENV: 'production', LOG_LEVEL: 'debug' });
    await fetch(`${server.url}/health/live`);
    const lines = await requestsOnceThere(1);

    expect(lines).toMatchObject([{ level: 20, path: '/health/live', status: 200 }]);
  });

  it('in development: lines for people, which nothing in a request can break or forge', async () => {
    await start({ NODE_ENV: 'development' });
    const id = (await logIn({ 'user-agent': 'x\u0085\u009b31m\u00adx', 'x-request-id': 'a' })).headers.get(
      'x-request-id',
    );
    await eventually(async () => {
      await Promise.resolve();
      expect(server.stdout).toContain('POST /api/auth/login 401');
    });
    const line = server.stdout.split('\n').find((each) => each.includes('POST /api')) ?? '';

    expect(line).toMatch(
      new RegExp(
        `^\\[\\d\\d:\\d\\d:\\d\\d\\] INFO: \\[Http\\] POST /api/auth/login 401 \\d+ ms \\(${id}\\)$`,
      ),
    );
    expect(server.stdout).not.toMatch(/[\u0080-\u009f\u00ad]|secret=/);
  });
});
