import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiClient, uniqueEmail } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { readMetrics } from '../../support/metrics.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';

const WORKERS = 2;

/** The processes that one has started. */
function childrenOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const processes = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return processes.flatMap(([id, parent]) => (parent === pid && id !== undefined ? [id] : []));
}

// In their order: the last stops it.
describeWithPostgres('a server in several processes', () => {
  const directory = temporaryDirectory();
  let database: TestDatabase;
  let server: LatchkeyProcess;
  let api: ApiClient;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    server = await LatchkeyProcess.start(
      testEnvironment(directory.path, {
        NODE_ENV: 'development',
        WORKERS: String(WORKERS),
        SHUTDOWN_DELAY: '1s',
        REFRESH_GRACE: '1h',
        DATABASE_URL: database.url,
      }),
    );
    api = new ApiClient(server.url);
    await server.says(/2 workers serve/);
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await database?.drop();
    directory.remove();
  });

  it('is announced once, with one initial administrator', () => {
    expect(server.stdout.match(/Latchkey is ready/g)).toHaveLength(1);
    expect(server.stdout.match(/Initial administrator/g)).toHaveLength(1);
    expect(childrenOf(server.pid)).toHaveLength(WORKERS);
  });

  it('tells the metrics of all processes, whichever is asked', async () => {
    const answered = 'latchkey_http_requests_total{route="/health/live",method="GET",status="200"}';
    const before = (await readMetrics(server.url)).get(answered) ?? 0;
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/health/live`)));
    const [one, other] = await eventually(async () => {
      const read = await Promise.all(Array.from({ length: 6 }, () => readMetrics(server.url)));
      expect(new Set(read.map((metrics) => metrics.get(answered)))).toEqual(new Set([before + 20]));
      return read;
    });
    expect([one, other].map((metrics) => metrics?.get('latchkey_processes'))).toEqual([WORKERS, WORKERS]);
    expect(one?.get('latchkey_database_pool{state="limit"}')).toBe(WORKERS * 10);
    expect(one?.get('latchkey_signing_keys_known')).toBe(1);
  });

  it('starts another worker for one that is killed, and has lost nothing that was acknowledged', async () => {
    const acknowledged: string[] = [];
    let over = false;
    const writers = Array.from({ length: 4 }, async () => {
      while (!over) {
        const answer = await api.register({ email: uniqueEmail() }).catch(() => undefined);
        if (answer?.status === 201) acknowledged.push(answer.body.refreshToken);
      }
    });
    const enough = (count: number) => eventually(() => expect(acknowledged.length).toBeGreaterThan(count));
    await enough(10);
    const [victim = 0] = childrenOf(server.pid);
    process.kill(victim, 'SIGKILL');
    await server.says(/A worker ended \(SIGKILL\); another starts/);
    await enough(acknowledged.length + 10);
    await eventually(() => expect(childrenOf(server.pid)).toHaveLength(WORKERS));
    over = true;
    await Promise.all(writers);

    const answers = await Promise.all(acknowledged.map((token) => api.refresh(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('told to stop, it is not ready but answers, and closes each connection; then it ends with 0', async () => {
    const { accessToken } = (await api.register()).body;
    server.signal('SIGTERM');
    await server.says(/not ready any more; stopping in 1 s/);
    await eventually(async () => {
      const ready = await api.get('/health/ready');
      expect(ready.status).toBe(503);
      expect(ready.body.detail).toBe('These checks failed: accepting.');
      expect(ready.headers.get('connection')).toBe('close');
    });
    expect((await api.get('/api/auth/verify', { token: accessToken })).status).toBe(204);
    expect((await api.get('/health/live')).status).toBe(200);
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });
});
