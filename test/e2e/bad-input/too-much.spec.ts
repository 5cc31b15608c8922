import { execFile } from 'node:child_process';
import type { Server } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Measurements } from '../../../src/common/measurements.js';
import { UnavailableError } from '../../../src/common/errors/latchkey-error.js';
import { WorkerPasswordHasher } from '../../../src/auth/passwords/worker-password-hasher.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';
import { sendRaw } from '../support/raw-http.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({ environment: { TRUST_PROXY: '1', LOGIN_RATE_LIMIT: '1/1m' } });
});
afterAll(() => server.close());

describe('thousands of headers', () => {
  const loginFrom = (address: string, before: number) => {
    const body = '{"email":"a@example.com","password":"wrong password"}';
    return sendRaw(
      server.url,
      'POST /api/auth/login HTTP/1.1\r\nHost: latchkey.test\r\nConnection: close\r\n' +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
        'a:b\r\n'.repeat(before) +
        `X-Forwarded-For: ${address}\r\n\r\n${body}`,
    );
  };

  it('are all read: the address that the proxy adds as the last counts', async () => {
    expect((await loginFrom('198.51.100.1', 2_500)).status).toBe(401);
    expect((await loginFrom('198.51.100.2', 2_500)).status).toBe(401);
    expect((await loginFrom('198.51.100.2', 2_500)).status).toBe(429);
  });

  it('are refused where they are larger than 16 KiB', async () => {
    expectProblem(await loginFrom('198.51.100.3', 9_000), 431, 'HEADERS_TOO_LARGE');
  });
});

/** Twenty clients of a process of their own, each of which sends 11 MB before it reads. Prints the status lines. */
const CLIENTS = `
  const { connect } = require('node:net');
  const [host, port, framing, type, connection] = process.argv.slice(1);
  const body = Buffer.alloc(11_000_000, 32);
  const framed = framing === 'chunked'
    ? Buffer.concat([Buffer.from(body.length.toString(16) + '\\r\\n'), body, Buffer.from('\\r\\n0\\r\\n\\r\\n')])
    : body;
  const length = framing === 'chunked' ? 'Transfer-Encoding: chunked' : 'Content-Length: ' + body.length;
  for (let client = 0; client < 20; client += 1) {
    const socket = connect(Number(port), host);
    let answer = '';
    socket.on('error', (error) => console.log(error.code));
    socket.write('POST /api/auth/login HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: ' + type + '\\r\\n' +
      'Connection: ' + connection + '\\r\\n' + length + '\\r\\n\\r\\n');
    socket.write(framed, () => socket.on('data', (chunk) => {
      answer += chunk;
      if (!answer.endsWith('}')) return;
      console.log(answer.split('\\r\\n', 1)[0]);
      socket.destroy();
    }));
  }
`;

describe('bodies far too long', () => {
  it.each([
    ['announced', 'application/json', 'keep-alive', '413 Payload Too Large'],
    ['chunked', 'application/json', 'keep-alive', '413 Payload Too Large'],
    ['announced', 'application/json', 'close', '413 Payload Too Large'],
    ['chunked', 'application/json', 'close', '413 Payload Too Large'],
    ['announced', 'text/plain', 'close', '415 Unsupported Media Type'],
  ])(
    'of twenty clients at once are answered to each of them: %s %s, Connection: %s',
    async (framing, type, connection, status) => {
      const { hostname, port } = new URL(server.url);
      const args = ['-e', CLIENTS, hostname, port, framing, type, connection];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      expect(stdout.trim().split('\n')).toEqual(Array(20).fill(`HTTP/1.1 ${status}`));
    },
  );

  it('end with the connection, where the client has asked for that', async () => {
    const answer = await sendRaw(
      server.url,
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n' +
        `Content-Length: 200000\r\n\r\n${' '.repeat(200_000)}`,
    );
    expectProblem(answer, 413, 'PAYLOAD_TOO_LARGE');
  });
});

describe('a body that does not come whole', () => {
  it('is given up soon after its time is over', async () => {
    const http: Server & { connectionsCheckingInterval?: number } = server.app.getHttpServer();
    const { requestTimeout, headersTimeout, connectionsCheckingInterval } = http;
    expect([requestTimeout, headersTimeout, connectionsCheckingInterval]).toEqual([30_000, 30_000, 2_000]);
    Object.assign(http, { requestTimeout: 100, headersTimeout: 100 });
    try {
      const answer = await sendRaw(
        server.url,
        'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
      );
      expectProblem(answer, 408, 'REQUEST_TIMEOUT');
    } finally {
      Object.assign(http, { requestTimeout, headersTimeout });
    }
  });
});

describe('passwords that wait when the server stops', () => {
  it('are asked to come back later', async () => {
    const hasher = new WorkerPasswordHasher(
      {
        algorithm: 'bcrypt',
        bcryptCost: 12,
        workers: 1,
      } as ConstructorParameters<typeof WorkerPasswordHasher>[0],
      new Measurements(),
    );
    const waiting = Array.from({ length: 4 }, () => hasher.hash('correct horse battery staple'));
    const settled = Promise.allSettled(waiting);
    await hasher.onApplicationShutdown();
    const reasons = (await settled).flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    expect(reasons.length).toBeGreaterThanOrEqual(3);
    for (const reason of reasons) expect(reason).toBeInstanceOf(UnavailableError);
  });
});
