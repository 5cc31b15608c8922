import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '../../../src/common/clock.js';
import type { FeedStream } from '../../../src/tokens/revocation/feed/feed-stream.js';
import { RevocationFeed } from '../../../src/tokens/revocation/feed/revocation-feed.js';
import { RevocationList } from '../../../src/tokens/revocation/revocation-list.js';
import { EMBEDDED } from '../../support/test-store.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';
import { eventually } from '../support/eventually.js';

const FEED = '/api/auth/revocations';
const PER_SERVICE = 100;
const OF_ALL = 500;
/** More than the kernel takes for a connection. */
const MANY = 200_000;
const STUCK = 15_000;
const MEGABYTE = 1_000_000;

const newToken = () => randomBytes(32).toString('hex');
const [token, successor, ...others] = Array.from({ length: 7 }, newToken) as [string, string, ...string[]];
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const registered = [token, successor]
  .map((one) => `billing=${hashOf(one)}`)
  .concat(others.map((one, index) => `service-${index}=${hashOf(one)}`));

describe.each<Platform>(['Fastify', 'Express'])('The revocation feed of a server on %s', (platform) => {
  let server: ExtendedApp;
  let feed: RevocationFeed;
  let isUp = true;
  let passed = 0;
  const connections = new Set<Socket>();
  /** The last one is the newest. */
  const streams = new Set<FeedStream>();

  beforeAll(async () => {
    server = await startExtendedApp(platform, {
      environment: { ...EMBEDDED, REVOCATION_FEED_SERVICES: registered.join() },
    });
    feed = server.app.get(RevocationFeed);
    const openFor = feed.openFor.bind(feed);
    feed.openFor = (...asked) => {
      const stream = openFor(...asked);
      streams.add(stream);
      return stream.once('close', () => streams.delete(stream));
    };
    const clock = server.app.get(Clock);
    const monotonic = clock.monotonic.bind(clock);
    clock.monotonic = () => monotonic() + passed;
    (server.app.getHttpServer() as Server).on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
  });

  afterAll(async () => {
    if (isUp) await server?.close();
  });

  beforeEach(async () => {
    while (streams.size > 0) await nextTurn();
  });

  const ask = (as = token, method = 'GET') =>
    fetch(server.url + FEED, { method, headers: { authorization: `Bearer ${as}`, connection: 'close' } });
  const open = (service: string, count: number) =>
    Array.from({ length: count }, () => feed.openFor(service, `v1-${Date.now()}`));
  const closeAll = () => {
    for (const stream of streams) stream.destroy();
  };

  /** A reader that has asked, and reads nothing. */
  async function ofNoReader(): Promise<{ readonly socket: Socket; readonly stream: FeedStream }> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET ${FEED} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const stream = await eventually(() => {
      const [opened] = streams;
      if (!opened) throw new Error('It is not open yet.');
      return opened;
    });
    await eventually(() => expect(stream.readableLength).toBeGreaterThan(65_535));
    return { socket, stream };
  }

  it('takes the old and the new token of a service while one replaces the other', async () => {
    for (const one of [token, successor]) {
      const response = await ask(one);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
    expect((await ask(newToken())).status).toBe(401);
  });

  it('opens none for HEAD, and keeps none whose reader has gone', async () => {
    expect((await ask(token, 'HEAD')).status).toBe(200);
    const response = await ask();
    expect(streams.size).toBe(1);
    await response.body?.cancel();
    await eventually(() => expect(streams.size).toBe(0));
  });

  it('gives a service a hundred, whatever its token, and another one once one has ended', async () => {
    open('billing', PER_SERVICE);
    const refused = await ask(successor);
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      429,
      '5',
      expect.objectContaining({ code: 'RATE_LIMITED' }),
    ]);
    const [first] = streams;
    if (first) await once(first.destroy(), 'close');
    const response = await ask();
    expect(response.status).toBe(200);
    await response.body?.cancel();
    closeAll();
  });

  it('gives all services together five hundred', async () => {
    for (const index of others.keys()) open(`service-${index}`, PER_SERVICE);
    expect(streams.size).toBe(OF_ALL);
    const refused = await ask();
    expect([refused.status, await refused.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    ]);
    closeAll();
  });

  describe('that has two hundred thousand revocations to tell', () => {
    beforeAll(async () => {
      const expiresAt = new Date(Date.now() + 600_000);
      const revocation = () =>
        ({ kind: 'session', id: randomUUID(), issuedBefore: null, expiresAt }) as const;
      await server.app.get(RevocationList).announce(Array.from({ length: MANY }, revocation));
    });

    it('tells a new reader of all of them', async () => {
      const response = await ask();
      const chunks: Buffer[] = [];
      for await (const chunk of response.body ?? []) {
        chunks.push(Buffer.from(chunk as Uint8Array));
        if (chunks.at(-1)?.includes('event: current')) break;
      }
      expect(
        Buffer.concat(chunks)
          .toString()
          .match(/^data: session\|/gm),
      ).toHaveLength(MANY);
    });

    it('keeps a small part for a reader that takes nothing, cuts it off, and says whose it is', async () => {
      const { socket, stream } = await ofNoReader();
      const waiting = [...connections].reduce((sum, { writableLength }) => sum + writableLength, 0);
      expect(stream.readableLength + waiting).toBeLessThan(MEGABYTE);

      const warned = jest.spyOn(Logger.prototype, 'warn');
      passed += STUCK + 1;
      await eventually(() => expect(streams.has(stream)).toBe(false));
      expect(warned).toHaveBeenCalledWith(
        expect.stringMatching(/^The service billing has taken nothing from its feed for 15 s/),
      );
      socket.destroy();
    });

    // Ends the server, so it comes last.
    it('ends with the server, which waits for no reader, nor for one that asks again', async () => {
      const { socket } = await ofNoReader();
      // As services do, on connections that stay.
      const again = () => fetch(server.url + FEED, { headers: { authorization: `Bearer ${token}` } });
      const response = await again();
      let isCurrent = false;
      const read = async () => {
        for await (const chunk of response.body ?? [])
          isCurrent ||= Buffer.from(chunk as Uint8Array).includes('event: current');
      };
      const reading = read();
      await eventually(() => expect(isCurrent).toBe(true));
      isUp = false;
      let isClosed = false;
      const closing = server.close().finally(() => {
        isClosed = true;
      });
      // Without an error, as one that is told it ends.
      await reading;
      while (!isClosed) await again().then((answer) => answer.text(), nextTurn);
      await closing;
      socket.destroy();
    });
  });
});
