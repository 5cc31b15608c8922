import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithHaproxy, haproxy } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { startHaproxy } from '../../support/services/start-haproxy.js';

const SLOW_REQUESTS = 50;
const HEAD = 'POST /api/auth/login HTTP/1.1\r\nHost: latchkey.test\r\nX-Slow: ';

describeWithHaproxy(
  'HAProxy as deploy/haproxy.cfg has it, but with a second for the head of a request,',
  () => {
    let port: number;
    let configuration: string;
    let proxy: Awaited<ReturnType<typeof startHaproxy>>;

    beforeAll(async () => {
      const status = await freePort();
      port = await freePort();
      const shipped = readFileSync('deploy/haproxy.cfg', 'utf8');
      configuration = shipped
        .replace('timeout http-request 10s', 'timeout http-request 1s')
        .replace('bind :8080', `bind 127.0.0.1:${port}`)
        .replace('bind 127.0.0.1:8404', `bind 127.0.0.1:${status}`);
      proxy = await startHaproxy(haproxy?.path ?? '', configuration, `http://127.0.0.1:${status}/;csv`);
    });
    afterAll(() => proxy?.stop());

    it('is configured to cut them', () => {
      expect(configuration).toContain('timeout http-request 1s');
    });

    it('cuts heads that drip, however they go on, with 408', async () => {
      const slow = Array.from({ length: SLOW_REQUESTS }, () => connect(port, '127.0.0.1'));
      await Promise.all(slow.map((socket) => once(socket, 'connect')));
      const answers = slow.map(async (socket) => {
        const parts: string[] = [];
        socket.on('error', () => undefined).on('data', (part) => void parts.push(String(part)));
        socket.write(HEAD);
        await once(socket, 'close');
        return parts.join('');
      });
      const drip = setInterval(() => {
        for (const socket of slow) if (socket.writable) socket.write('a');
      }, 100);
      try {
        for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/);
      } finally {
        clearInterval(drip);
        for (const socket of slow) socket.destroy();
      }
    });
  },
);
