import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { grpc } from '../../../src/grpc/index.js';
import { RevocationList } from '../../../src/tokens/revocation/revocation-list.js';
import { webSockets } from '../../../src/websockets/index.js';
import {
  describeWithPostgres,
  describeWithRedis,
  type TestDatabase,
} from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { expectProblem } from '../support/problems.js';
import { comesPromptly, promptly } from '../support/promptly.js';
import { ChatModule } from '../transports/chat-gateway.js';
import { endOf, OrdersClient } from '../transports/orders-client.js';
import { OrdersModule } from '../transports/orders-service.js';
import { PlainClient } from '../transports/plain-client.js';
import { startTransportService } from '../transports/transport-service.js';

const FEED_TOKEN = randomBytes(32).toString('hex');

const SETTINGS = {
  APP_SECRET: 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA',
  PUBLIC_URL: 'http://localhost:3000',
  REVOCATION_FEED_SERVICES: `orders=${createHash('sha256').update(FEED_TOKEN).digest('hex')}`,
  // What was read at the start is good for as long as the tests take: nothing is read by the clock any more.
  REVOCATION_MAX_STALENESS: '1h',
};

describeWithPostgres('On PostgreSQL alone, where no instance reads by the clock, a revocation', () => {
  isToldAtOnce(() => Promise.resolve({ settings: {}, stop: () => Promise.resolve() }));
});

describeWithPostgres('With sessions in Redis, where no instance reads by the clock, a revocation', () => {
  describeWithRedis('-', () => {
    isToldAtOnce(async () => {
      const redis = await startRedisServer();
      return { settings: { REDIS_URL: redis.url, SESSION_STORE: 'redis' }, stop: () => redis.stop() };
    });
  });
});

/** How it is told is left to the push, the feed and what they lead to: nothing else brings it. */
function isToldAtOnce(
  start: () => Promise<{ readonly settings: TestEnvironment; stop(): Promise<unknown> }>,
): void {
  let database: TestDatabase;
  let stores: Awaited<ReturnType<typeof start>>;
  let here: TestApp;
  let there: TestApp;
  /** Hears of revocations from the other instance than the one that is asked to revoke. */
  let service: INestApplication;
  let client: OrdersClient;
  let socketsUrl: string;

  beforeAll(async () => {
    [database, stores] = await Promise.all([createMigratedDatabase(), start()]);
    const environment = { ...SETTINGS, DATABASE_URL: database.url, ...stores.settings };
    here = await startTestApp({ environment });
    there = await startTestApp({ environment });
    for (const { app } of [here, there]) app.get(RevocationList).onApplicationShutdown();
    const grpcAddress = `unix:${join(there.dataDir, 'orders.sock')}`;
    service = await startTransportService(there, {
      adapter: new FastifyAdapter(),
      transports: [grpc(), webSockets({ adapter: (http) => new WsAdapter(http) })],
      imports: [OrdersModule, ChatModule],
      feedToken: FEED_TOKEN,
      grpcAddress,
    });
    client = new OrdersClient(grpcAddress);
    socketsUrl = `${await service.getUrl()}/chat`;
  });
  afterAll(async () => {
    client?.close();
    await service?.close();
    await there?.close();
    await here?.close();
    await stores?.stop();
    await database?.drop();
  });
  const signedIn = async () => (await here.api.register()).body;
  const logOut = async (token: string) =>
    expect((await here.api.post('/api/auth/logout', undefined, { token })).status).toBe(204);
  const verifyThere = (token: string) => there.api.get('/api/auth/verify', { token });

  it('of a session is known to the other instance', async () => {
    const { accessToken: token } = await signedIn();
    expect((await verifyThere(token)).status).toBe(204);
    await logOut(token);
    await promptly(async () => expectProblem(await verifyThere(token), 401, 'TOKEN_REVOKED'));
  });

  it('of all sessions is known to the other instance', async () => {
    const { accessToken: token } = await signedIn();
    expect((await verifyThere(token)).status).toBe(204);
    expect((await here.api.post('/api/auth/logout-all', undefined, { token })).status).toBe(204);
    await promptly(async () => expectProblem(await verifyThere(token), 401, 'TOKEN_REVOKED'));
  });

  it('is known to a service that reads the feed of the other instance', async () => {
    const { accessToken: token } = await signedIn();
    expect((await client.call('Mine', { text: 'orders', token })).status).toBe(0);
    await logOut(token);
    await promptly(async () =>
      expect(await client.call('Mine', { text: 'orders', token })).toMatchObject({
        status: status.UNAUTHENTICATED,
        code: 'TOKEN_REVOKED',
      }),
    );
  });

  it('ends a stream of gRPC of that service', async () => {
    const { accessToken: token } = await signedIn();
    const end = endOf(await client.open('Watch', token));
    await logOut(token);
    expect(await comesPromptly(end)).toMatchObject({ code: 'TOKEN_REVOKED' });
  });

  it('ends a socket of that service', async () => {
    const { accessToken: token } = await signedIn();
    const socket = await new PlainClient(socketsUrl, {
      headers: { authorization: `Bearer ${token}` },
    }).opened();
    await socket.ask('say', 'hello');
    await logOut(token);
    expect(await comesPromptly(socket.closed)).toMatchObject({ reason: 'TOKEN_REVOKED' });
  });
}
