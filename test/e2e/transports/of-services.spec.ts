import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { status } from '@grpc/grpc-js';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { createClient } from 'graphql-ws';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { graphql } from '../../../src/graphql/index.js';
import { grpc } from '../../../src/grpc/index.js';
import { Clock } from '../../../src/resource-server/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { OffsetClock } from '../../support/offset-clock.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { comesPromptly } from '../support/promptly.js';
import { ChatModule } from './chat-gateway.js';
import { endOf, OrdersClient } from './orders-client.js';
import { OrdersGraphModule } from './orders-resolver.js';
import { OrdersModule } from './orders-service.js';
import { PlainClient } from './plain-client.js';
import { startTransportService } from './transport-service.js';

const FEED_TOKEN = randomBytes(32).toString('hex');
const HASH = createHash('sha256').update(FEED_TOKEN).digest('hex');

/** A call that stays open. */
interface OpenCall {
  /** How it ends: the stable code, and the status of the protocol. */
  readonly end: Promise<unknown>;
}

describe('Calls to another service than the server, by gRPC, GraphQL and WebSockets,', () => {
  let server: TestApp;
  let service: INestApplication;
  let sockets: INestApplication;
  let client: OrdersClient;
  let url: string;
  let clocks: OffsetClock[];

  beforeAll(async () => {
    server = await startTestApp({ environment: { REVOCATION_FEED_SERVICES: `orders=${HASH}` } });
    const address = `unix:${join(server.dataDir, 'orders.sock')}`;
    const transports = [grpc(), graphql(), webSockets()];
    const imports = [OrdersModule, OrdersGraphModule, ChatModule];
    service = await startTransportService(server, {
      adapter: new FastifyAdapter(),
      transports,
      imports,
      feedToken: FEED_TOKEN,
      grpcAddress: address,
    });
    const plain = webSockets({ adapter: (http) => new WsAdapter(http) });
    sockets = await startTransportService(server, {
      adapter: new ExpressAdapter(),
      transports: [plain],
      imports: [ChatModule],
      feedToken: FEED_TOKEN,
    });
    client = new OrdersClient(address);
    url = await service.getUrl();
    clocks = [service, sockets].map((app) => OffsetClock.replace(app.get(Clock)));
  });

  afterAll(async () => {
    client?.close();
    await sockets?.close();
    await service?.close();
    await server?.close();
  });

  const freshToken = async () => (await server.api.register()).body.accessToken;

  const ask = async (query: string, token?: string) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data?: unknown; errors?: { extensions: object }[] };
  };

  const connect = (token?: string) =>
    new PlainClient(
      `${socketsUrl}/chat`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
  let socketsUrl: string;
  beforeAll(async () => {
    socketsUrl = await sockets.getUrl();
  });

  const eventOf = <T>(socket: Socket, event: string) =>
    new Promise<T>((resolve) => socket.once(event, (data: T) => resolve(data)));
  const connectIo = (token?: string) =>
    io(url, {
      path: '/chat',
      auth: { ...(token !== undefined && { token }) },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });

  const stream =
    (method: 'Watch' | 'Chat' | 'Pass') =>
    async (token: string): Promise<OpenCall> => {
      const end = endOf(await client.open(method, token));
      return { end: end.then(({ status: ended, code }) => [code, ended]) };
    };

  /** Of each kind of call that stays open, one whose first answer has come. */
  const OPEN: [string, (token: string) => Promise<OpenCall>, (code: string) => unknown][] = [
    ['a stream of gRPC to the client', stream('Watch'), (code) => [code, status.UNAUTHENTICATED]],
    ['a stream of gRPC both ways', stream('Chat'), (code) => [code, status.UNAUTHENTICATED]],
    ['a call of gRPC that is handed over', stream('Pass'), (code) => [code, status.UNAUTHENTICATED]],
    [
      'a subscription of GraphQL',
      async (token) => {
        let close: (event: unknown) => void = () => undefined;
        const closed = new Promise((resolve) => (close = resolve));
        const subscriber = createClient({
          url: `${url.replace('http', 'ws')}/graphql`,
          webSocketImpl: WebSocket,
          connectionParams: { authorization: `Bearer ${token}` },
          retryAttempts: 0,
          onNonLazyError: () => undefined,
          on: { closed: (event) => close(event) },
        });
        await new Promise((resolve) => {
          subscriber.subscribe(
            { query: 'subscription { events }' },
            { next: resolve, error: resolve, complete: () => undefined },
          );
        });
        const end = closed.then((event) => {
          const { code, reason } = event as { readonly code: number; readonly reason: string };
          return [reason, code];
        });
        return { end };
      },
      (code) => [code, 4403],
    ],
    [
      'a connection of ws',
      async (token) => {
        const socket = await connect(token).opened();
        await socket.ask('say', 'hello');
        return { end: socket.closed.then(({ code, reason }) => [reason, code]) };
      },
      (code) => [code, 4401],
    ],
    [
      'a connection of socket.io',
      async (token) => {
        const socket = connectIo(token);
        await eventOf(socket, 'connect');
        const told = eventOf<{ readonly code: string }>(socket, 'exception');
        const closed = eventOf<string>(socket, 'disconnect');
        return { end: Promise.all([told.then(({ code }) => code), closed]) };
      },
      (code) => [code, 'io server disconnect'],
    ],
  ];

  it('are let in by the server’s token, and handlers know the caller', async () => {
    const { user, accessToken } = (await server.api.register()).body;
    expect(await client.call('Mine', { text: 'orders', token: accessToken })).toEqual({
      status: 0,
      text: `orders of ${user.id}`,
    });
    expect(await ask('{ me }', accessToken)).toEqual({ data: { me: user.id } });
    const socket = await connect(accessToken).opened();
    expect(await socket.ask('say', 'hello')).toEqual({ event: 'said', data: `hello by ${user.id}` });
    socket.close();
  });

  it('are refused without one, or without the role', async () => {
    const token = await freshToken();
    expect(await client.call('Mine')).toMatchObject({
      status: status.UNAUTHENTICATED,
      code: 'TOKEN_MISSING',
    });
    expect(await client.call('All', { token })).toMatchObject({
      status: status.PERMISSION_DENIED,
      code: 'INSUFFICIENT_ROLE',
    });
    expect((await ask('{ me }')).errors?.[0]?.extensions).toEqual({
      code: 'UNAUTHENTICATED',
      latchkeyCode: 'TOKEN_MISSING',
      status: 401,
    });
    expect((await ask('mutation { refund }', token)).errors?.[0]?.extensions).toMatchObject({
      latchkeyCode: 'INSUFFICIENT_SCOPE',
    });
    const refused = connectIo();
    expect(await eventOf(refused, 'connect_error')).toMatchObject({ data: { code: 'TOKEN_MISSING' } });
    const socket = await connect(token).opened();
    expect(await socket.ask('ban')).toMatchObject({ data: { code: 'INSUFFICIENT_ROLE' } });
    socket.close();
  });

  it('are let in without a token where the handler is public, and a bad one there is as none', async () => {
    expect(await client.call('Terms', { token: 'rubbish' })).toEqual({ status: 0, text: 'Thirty days.' });
    expect(await ask('{ terms }', 'rubbish')).toEqual({ data: { terms: 'Thirty days.' } });
  });

  it.each(OPEN)('end where the server tells of a revocation: %s', async (_what, open, ended) => {
    const token = await freshToken();
    const { end } = await open(token);
    await server.api.post('/api/auth/logout', undefined, { token });
    expect(await comesPromptly(end)).toEqual(ended('TOKEN_REVOKED'));
  });

  // Last: the time goes on for all of them.
  it('end where their token expires', async () => {
    const token = await freshToken();
    const open = await Promise.all(OPEN.map(([, call]) => call(token)));
    for (const clock of clocks) clock.advance(15 * 60_000);
    expect(await Promise.all(open.map(({ end }) => end))).toEqual(
      OPEN.map(([, , ended]) => ended('TOKEN_EXPIRED')),
    );
  });
});
