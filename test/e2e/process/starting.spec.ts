import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { reservePort } from '../../../src/http/free-port.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';

const SECRET = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

describe('starting', () => {
  let directory: TemporaryDirectory;
  const processes: LatchkeyProcess[] = [];

  const launch = (environment: Record<string, string> = {}) => {
    const server = LatchkeyProcess.launch({
      DATA_DIR: join(directory.path, 'data'),
      BCRYPT_COST: '4',
      ...environment,
    });
    processes.push(server);
    return server;
  };

  beforeEach(() => {
    directory = temporaryDirectory();
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((server) => server.stop('SIGKILL')));
    directory.remove();
  });

  it('shows the initial admin and a curl line that works, keeps its secrets to its user, and everything over a restart', async () => {
    const first = launch();
    await first.ready();
    expect(first.stdout).toContain('First start');
    expect(first.stdout).toContain(`${first.url}/docs`);
    const [, email = ''] = /e-mail +(\S+)/.exec(first.stdout) ?? [];
    const [, password = ''] = /password {2,}(\S+)/.exec(first.stdout) ?? [];
    expect(await login(first.url, email, password)).toBe(200);
    const [, path = '', body = ''] =
      /curl -s http:\/\/[^/]+(\S+) -H 'content-type: application\/json' -d '(.+)'/.exec(first.stdout) ?? [];
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(first.url + path, { method: 'POST', headers, body })).status).toBe(201);
    const data = join(directory.path, 'data');
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, 'app-secret')).mode & 0o777).toBe(0o600);
    expect((await first.stop()).code).toBe(0);

    const second = launch();
    await second.ready();
    expect(second.stdout).not.toContain('password  ');
    expect(second.stdout).not.toContain(email);
    expect(await login(second.url, email, password)).toBe(200);
  });

  it('refuses who connects before it answers, and hangs up on none, so that a load balancer asks another instance', async () => {
    const reserved = await reservePort('127.0.0.1', 0);
    await reserved.release();
    const { port } = reserved;
    const ready = launch({ PORT: String(port) }).ready();
    const outcomes = new Map<string, number>();
    for (let outcome = ''; outcome !== 'answered';) {
      outcome = await request(port);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    await ready;
    expect(outcomes.get('refused')).toBeGreaterThan(50);
    // At its very start it looks for a moment whether it may listen there.
    expect(outcomes.get('hung up') ?? 0).toBeLessThan(3);
  });

  it('names every bad value in one line each and exits 1', async () => {
    const server = launch({
      PORT: 'eighty',
      ACCESS_TOKEN_TTL: '15',
      SIGNING_ALG: 'none',
      APP_SECRET: 'short',
    });
    expect((await server.exited).code).toBe(1);
    expect(server.stderr.trim().split('\n').sort()).toEqual([
      expect.stringMatching(/^Configuration: ACCESS_TOKEN_TTL must be a duration/),
      expect.stringMatching(/^Configuration: APP_SECRET must be set to at least 32 random bytes/),
      expect.stringMatching(/^Configuration: PORT must be a whole number/),
      expect.stringMatching(/^Configuration: SIGNING_ALG must be one of/),
    ]);
    expect(server.stderr).not.toContain('short');
  });

  it('warns of settings that are misspelled or make no sense, and of a mail server that is not there', async () => {
    const mail = { MAIL_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'latchkey@example.com' };
    const server = launch({ ACCES_TOKEN_TTL: '5m', UNRELATED: 'x', JWT_SECRET: SECRET, ...mail });
    await server.ready();
    await server.says(/MAIL_URL: the server cannot be used now, and mails wait for it: .*ECONNREFUSED/);
    expect(server.stdout).toContain('JWT_SECRET is not used: SIGNING_ALG is ES256.');
    expect(server.stdout).toContain('ACCES_TOKEN_TTL is no setting; ACCESS_TOKEN_TTL was probably meant.');
    expect(server.stdout).not.toContain('UNRELATED');
  });

  it('tells of such a name where the start fails, too, since it may be why', async () => {
    const server = launch({ NODE_ENV: 'production', APP_SECRETS: SECRET });
    const { code } = await server.exited;

    expect(code).toBe(1);
    expect(server.stderr.trim().split('\n')).toEqual([
      expect.stringContaining('APP_SECRET must be set'),
      'APP_SECRETS is no setting; APP_SECRET was probably meant.',
    ]);
  });

  it('logs JSON in production, serves no docs, and puts the one-time password into a file, until another is chosen', async () => {
    const server = launch({ NODE_ENV: 'production', APP_SECRET: SECRET });
    await server.ready();
    const lines = server.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.map((line) => line.msg).join()).toContain('Latchkey is ready at http://');
    expect((await fetch(`${server.url}/docs`)).status).toBe(404);
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(404);

    const path = join(directory.path, 'data', 'initial-admin.txt');
    const [email = '', currentPassword = ''] = (await readFile(path, 'utf8')).split('\n');
    expect(server.stdout).not.toContain(currentPassword);
    const signedIn = await post(`${server.url}/api/auth/login`, { email, password: currentPassword });
    const { accessToken } = (await signedIn.json()) as { accessToken: string };
    expect(existsSync(path)).toBe(true);
    const newPassword = 'purple monkey dishwasher';
    const change = { currentPassword, newPassword };
    expect((await post(`${server.url}/api/auth/password/change`, change, accessToken)).status).toBe(204);
    await eventually(() => Promise.resolve(expect(existsSync(path)).toBe(false)));
    expect(await login(server.url, email, newPassword)).toBe(200);
  });

  it('refuses a second process on the same embedded database, and goes on serving', async () => {
    const first = launch();
    await first.ready();
    const second = launch();
    expect((await second.exited).code).toBe(1);
    expect(second.stderr.trim()).toMatch(/^The embedded database in .+ is in use by process \d+/);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('touches nothing in a directory that holds something else than its database', async () => {
    const foreign = join(directory.path, 'data', 'database');
    await mkdir(foreign, { recursive: true });
    await writeFile(join(foreign, 'mine.txt'), 'mine');
    const server = launch();
    expect((await server.exited).code).toBe(1);
    expect(server.stderr.trim()).toMatch(/holds files but no database/);
    expect(await readFile(join(foreign, 'mine.txt'), 'utf8')).toBe('mine');
  });
});

function post(url: string, body: object, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function login(url: string, email: string, password: string): Promise<number> {
  return (await post(`${url}/api/auth/login`, { email, password })).status;
}

/** What becomes of a request for readiness. */
async function request(port: number): Promise<'answered' | 'hung up' | 'refused'> {
  const socket = connect(port, '127.0.0.1');
  let [connected, answered] = [false, false];
  socket
    .on('error', () => undefined)
    .on('connect', () => {
      connected = true;
      socket.write('GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    })
    .on('data', () => (answered = true));
  await new Promise((resolve) => socket.once('close', resolve));
  if (answered) return 'answered';
  return connected ? 'hung up' : 'refused';
}
