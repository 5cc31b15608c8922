import { once } from 'node:events';
import { join } from 'node:path';
import {
  type INestApplication,
  type INestMicroservice,
  Injectable,
  Module,
  type OnModuleInit,
} from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { status } from '@grpc/grpc-js';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { graphql } from '../../../src/graphql/index.js';
import { grpc } from '../../../src/grpc/index.js';
import { Clock, JwtAuthGuard, ResourceServerModule } from '../../../src/resource-server/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { OffsetClock } from '../../support/offset-clock.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { ARRANGEMENTS, type Arrangement, PerCallModule, startArranged } from './arrangements.js';
import { ChatModule } from './chat-gateway.js';
import { endOf, OrdersClient } from './orders-client.js';
import { OrdersGraphModule } from './orders-resolver.js';
import { OrdersModule } from './orders-service.js';

const MISSING = { status: status.UNAUTHENTICATED, code: 'TOKEN_MISSING' };
async function cancelled(stream: ReturnType<OrdersClient['watch']>): Promise<void> {
  const end = endOf(stream);
  stream.cancel();
  expect(await end).toMatchObject({ status: status.CANCELLED });
}

const HYBRID: Arrangement = { hybrid: true };

describe('Calls of gRPC', () => {
  const directory = temporaryDirectory();
  const started: (INestApplication | INestMicroservice)[] = [];
  const clients: OrdersClient[] = [];
  let issuer: TestIssuer;

  const guards = (more: Partial<Parameters<typeof ResourceServerModule.forRoot>[0]> = {}) =>
    ResourceServerModule.forRoot({
      issuer: issuer.url,
      audience: issuer.audience,
      transports: [grpc()],
      ...more,
    });

  async function start(imports: Parameters<typeof startArranged>[0], arrangement: Arrangement) {
    const address = `unix:${join(directory.path, `${started.length}.sock`)}`;
    const app = await startArranged(imports, arrangement, address);
    started.push(app);
    const client = new OrdersClient(address);
    clients.push(client);
    return { app, client };
  }

  beforeAll(async () => {
    issuer = await TestIssuer.start();
  });

  afterAll(async () => {
    for (const client of clients) client.close();
    for (const app of started) await app.close();
    await issuer?.close();
    directory.remove();
  });

  describe.each(ARRANGEMENTS)('%s', (_name, arrangement) => {
    let app: INestApplication | INestMicroservice;
    let client: OrdersClient;

    beforeAll(async () => {
      ({ app, client } = await start([guards(), OrdersModule], arrangement));
    });

    it.each(['Mine', 'All', 'Watch', 'Chat', 'Pass'] as const)(
      'are refused without a token (%s)',
      async (method) => {
        const outcome =
          method === 'Mine' || method === 'All'
            ? client.call(method)
            : endOf(method === 'Watch' ? client.watch() : client.talk(method));
        expect(await outcome).toMatchObject(MISSING);
      },
    );

    it('are held against roles and scopes', async () => {
      const token = issuer.token();
      const denied = { status: status.PERMISSION_DENIED };
      expect(await client.call('All', { token })).toMatchObject({ ...denied, code: 'INSUFFICIENT_ROLE' });
      expect(await client.call('Refund', { token })).toMatchObject({ ...denied, code: 'INSUFFICIENT_SCOPE' });
    });

    it('are let in by a token, which is asked for once', async () => {
      const asked = jest.spyOn(app.get(JwtAuthGuard), 'canActivate');
      expect(await client.call('Mine', { text: 'orders', token: issuer.token({ subject: 'ada' }) })).toEqual({
        status: 0,
        text: 'orders of ada',
      });
      expect(asked).toHaveBeenCalledTimes(1);
    });

    it('are let in without one where the handler is public', async () => {
      expect(await client.call('Terms', { token: 'rubbish' })).toEqual({ status: 0, text: 'Thirty days.' });
    });

    // Last: the time goes on for this application.
    it('are ended when their token expires', async () => {
      const token = issuer.token();
      const calls = [await client.open('Watch', token), await client.open('Pass', token)].map(endOf);
      OffsetClock.replace(app.get(Clock)).advance(60 * 60_000);
      const expired = { status: status.UNAUTHENTICATED, code: 'TOKEN_EXPIRED' };
      expect(await Promise.all(calls)).toMatchObject([expired, expired]);
    });
  });

  it('beside HTTP are guarded where a controller is made for each, and HTTP of that is asked once', async () => {
    const { app, client } = await start([guards(), PerCallModule], HYBRID);
    const token = issuer.token({ subject: 'ada' });
    expect(await client.call('Mine')).toMatchObject(MISSING);
    expect(await client.call('Mine', { text: 'orders', token })).toEqual({
      status: 0,
      text: 'orders of ada',
    });
    const asked = jest.spyOn(app.get(JwtAuthGuard), 'canActivate');
    const url = `${await (app as INestApplication).getUrl()}/mine`;
    expect((await fetch(url)).status).toBe(401);
    expect(await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text()).toBe('ada');
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('are refused in an application that names no transport for them', async () => {
    const { client } = await start([guards({ transports: [] }), OrdersModule], HYBRID);
    expect(await endOf(client.watch(issuer.token()))).not.toMatchObject({ status: status.OK });
    expect((await client.call('Mine', { token: issuer.token() })).text).toBeUndefined();
  });

  it('are left to an application that guards its handlers itself', async () => {
    const { client } = await start([guards({ globalGuards: false }), OrdersModule], HYBRID);
    const stream = client.watch();
    expect(await once(stream, 'data')).toEqual(['begun']);
    await cancelled(stream);
  });

  it('know nothing of another application of the process that has the same handlers', async () => {
    const other = await TestIssuer.start();
    const own = await start([guards(), OrdersModule], HYBRID);
    const theirs = await start(
      [guards({ issuer: other.url, audience: other.audience }), OrdersModule],
      HYBRID,
    );
    const open = await start([OrdersModule], HYBRID);
    const [token, foreign] = [issuer.token(), other.token()];
    expect(await own.client.call('Mine', { token })).toMatchObject({ status: status.OK });
    expect(await own.client.call('Mine', { token: foreign })).toMatchObject({ code: 'TOKEN_INVALID' });
    expect(await theirs.client.call('Mine', { token: foreign })).toMatchObject({ status: status.OK });
    expect(await theirs.client.call('Mine', { token })).toMatchObject({ code: 'TOKEN_INVALID' });
    const stream = open.client.watch();
    expect(await once(stream, 'data')).toEqual(['begun']);
    await cancelled(stream);
    await other.close();
  });

  it.each([
    ['without inheritAppConfig', HYBRID],
    ['with it', { hybrid: true, inheritAppConfig: true }],
  ])('leave GraphQL and WebSockets guarded that are beside them, %s', async (_how, arrangement) => {
    const { app } = await start(
      [
        guards({ transports: [grpc(), graphql(), webSockets()] }),
        OrdersModule,
        OrdersGraphModule,
        ChatModule,
      ],
      arrangement,
    );
    const url = await (app as INestApplication).getUrl();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me }' }),
    });
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { latchkeyCode: 'TOKEN_MISSING' } }],
    });
    const connect = (token?: string) =>
      io(url, {
        path: '/chat',
        auth: { token },
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      });
    const refused = connect();
    const error = await new Promise((resolve) => refused.once('connect_error', resolve));
    expect(error).toMatchObject({ data: { code: 'TOKEN_MISSING' } });
    const socket = connect(issuer.token());
    const asked = jest.spyOn(app.get(JwtAuthGuard), 'canActivate');
    const told = new Promise((resolve) => socket.once('exception', resolve));
    socket.emit('ban');
    expect(await told).toMatchObject({ code: 'INSUFFICIENT_ROLE' });
    expect(asked).toHaveBeenCalledTimes(1);
    socket.disconnect();
  });

  it.each([
    ['without inheritAppConfig', { hybrid: true, deferInitialization: true }],
    ['with it', { hybrid: true, inheritAppConfig: true, deferInitialization: true }],
  ])(
    'are refused without a token where a module with handlers was loaded later, %s',
    async (_how, arrangement) => {
      @Injectable()
      class Loading implements OnModuleInit {
        constructor(private readonly loader: LazyModuleLoader) {}

        async onModuleInit(): Promise<void> {
          await this.loader.load(() => OrdersModule);
        }
      }
      @Module({ providers: [Loading] })
      class LoadingModule {}

      const { client } = await start([guards(), LoadingModule], arrangement);
      expect(await client.call('Mine')).toMatchObject(MISSING);
      expect(await endOf(client.watch())).toMatchObject(MISSING);
      expect(
        await client.call('Mine', { text: 'orders', token: issuer.token({ subject: 'ada' }) }),
      ).toMatchObject({
        text: 'orders of ada',
      });
    },
  );
});
