import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithHaproxy, haproxy } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { startHaproxy } from '../../support/services/start-haproxy.js';

const TRIES = 10;

/** An instance that is ready, and has seen what it was asked. One that is dying reads requests, and ends their connections. */
async function startInstance(dying: boolean) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') return response.end();
    requests.push(`${request.method} ${request.url}`);
    return request.resume().on('end', () => (dying ? request.socket.destroy() : response.end('alive')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, requests, close };
}

describeWithHaproxy('HAProxy as deploy/haproxy.cfg has it, before an instance that answers nothing,', () => {
  let dying: Awaited<ReturnType<typeof startInstance>>;
  let alive: Awaited<ReturnType<typeof startInstance>>;
  let proxy: Awaited<ReturnType<typeof startHaproxy>>;
  let url: string;

  beforeAll(async () => {
    const [port, status] = await Promise.all([freePort(), freePort()]);
    [dying, alive] = await Promise.all([startInstance(true), startInstance(false)]);
    url = `http://127.0.0.1:${port}`;
    const configuration = readFileSync('deploy/haproxy.cfg', 'utf8')
      .replace('bind :8080', `bind 127.0.0.1:${port}`)
      .replace('bind 127.0.0.1:8404', `bind 127.0.0.1:${status}`)
      .replace('latchkey-1:3000', `127.0.0.1:${dying.port}`)
      .replace('latchkey-2:3000', `127.0.0.1:${alive.port}`);
    proxy = await startHaproxy(haproxy?.path ?? '', configuration, `http://127.0.0.1:${status}/;csv`);
  });
  afterAll(async () => {
    await proxy?.stop();
    dying?.close();
    alive?.close();
  });

  it.each(['GET', 'HEAD'])('asks the other what changes nothing: %s', async (method) => {
    for (let index = 0; index < TRIES; index += 1)
      expect((await fetch(`${url}/${method}/${index}`, { method })).status).toBe(200);
    const sent = dying.requests.filter((request) => request.startsWith(method));
    expect(sent.length).toBeGreaterThan(0);
    expect(alive.requests).toEqual(expect.arrayContaining(sent));
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'sends nothing twice that may have been done: %s',
    async (method) => {
      const answers: number[] = [];
      for (let index = 0; index < TRIES; index += 1) {
        const answer = await fetch(`${url}/${method}/${index}`, { method, body: '{}' }).catch(
          () => undefined,
        );
        answers.push(answer?.status ?? 502);
      }
      const sent = dying.requests.filter((request) => request.startsWith(method));
      expect(sent.length).toBeGreaterThan(0);
      expect(alive.requests.filter((request) => sent.includes(request))).toEqual([]);
      expect(answers.filter((status) => status === 502)).toHaveLength(sent.length);
      expect(new Set(sent).size).toBe(sent.length);
    },
  );
});
