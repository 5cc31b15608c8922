import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD_CHANGE_SCOPE } from '../../../src/access/password-change-scope.js';
import {
  Clients,
  CurrentUser,
  type Principal,
  Public,
  ResourceServerModule,
} from '../../../src/resource-server/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { PlainClient } from './plain-client.js';

@WebSocketGateway({ path: '/news' })
class NewsGateway {
  @SubscribeMessage('read')
  @Public()
  read(@CurrentUser() caller: Principal | undefined): WsResponse {
    return { event: 'news', data: caller?.subject ?? 'no one' };
  }

  @SubscribeMessage('feed')
  @Clients()
  feed(@CurrentUser() { clientId, isClient }: Principal): WsResponse {
    return { event: 'fed', data: { clientId, isClient } };
  }

  @SubscribeMessage('write')
  write(@MessageBody() text: string, @CurrentUser() caller: Principal): WsResponse {
    return { event: 'written', data: `${text} by ${caller.subject}` };
  }
}

/** Sends an event, and gives what is answered. */
type Ask = (event: string, data?: unknown) => Promise<{ readonly event: string; readonly data: unknown }>;

describe.each(['ws', 'socket.io'] as const)('Connections of %s that may be anonymous', (kind) => {
  let issuer: TestIssuer;
  let app: INestApplication;
  let url: string;
  const open: { close(): unknown }[] = [];

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const adapter = kind === 'ws' ? { adapter: (server: object) => new WsAdapter(server) } : {};
    const transports = [webSockets({ ...adapter, anonymous: true, clients: true })];

    @Module({
      imports: [ResourceServerModule.forRoot({ issuer: issuer.url, audience: issuer.audience, transports })],
      providers: [NewsGateway],
    })
    class NewsModule {}

    app = await NestFactory.create(NewsModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(async () => {
    for (const client of open) client.close();
    await app?.close();
    await issuer?.close();
  });

  const io4 = (token?: string): Socket => {
    const auth = { ...(token !== undefined && { token }) };
    return io(url, { path: '/news', auth, transports: ['websocket'], forceNew: true, reconnection: false });
  };
  const plain = (token?: string) =>
    new PlainClient(
      `${url}/news`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );

  const connect = async (token?: string): Promise<Ask> => {
    if (kind === 'ws') {
      const client = await plain(token).opened();
      open.push(client);
      return (event, data) => client.ask(event, data);
    }
    const socket = io4(token);
    open.push(socket);
    await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
    return (event, data) =>
      new Promise((resolve) => {
        socket.onAny((answer: string, content: unknown) => {
          socket.offAny();
          resolve({ event: answer, data: content });
        });
        socket.emit(event, data);
      });
  };

  it('stay without a token, for public handlers alone', async () => {
    const ask = await connect();
    expect(await ask('read')).toEqual({ event: 'news', data: 'no one' });
    expect(await ask('write', 'hello')).toMatchObject({
      event: 'exception',
      data: { code: 'TOKEN_MISSING' },
    });
    expect(await ask('read')).toEqual({ event: 'news', data: 'no one' });
  });

  it('are some caller’s from the token on that is handed in later', async () => {
    const ask = await connect();
    const token = issuer.token({ subject: 'ada' });
    expect(await ask('authenticate', { token })).toMatchObject({ event: 'authenticated' });
    expect(await ask('read')).toEqual({ event: 'news', data: 'ada' });
    expect(await ask('write', 'hello')).toEqual({ event: 'written', data: 'hello by ada' });
  });

  it('are open to an OAuth client by itself where that may connect, for handlers that say so', async () => {
    const ask = await connect(issuer.token({ subject: 'billing', clientId: 'billing' }));
    expect(await ask('feed')).toEqual({ event: 'fed', data: { clientId: 'billing', isClient: true } });
    expect(await ask('write', 'hello')).toMatchObject({
      event: 'exception',
      data: { code: 'USER_REQUIRED' },
    });
  });

  it('are known to public handlers where a token opened them', async () => {
    const ask = await connect(issuer.token({ subject: 'ada' }));
    expect(await ask('read')).toEqual({ event: 'news', data: 'ada' });
  });

  it.each([
    ['forged', () => issuer.token({ forged: true }), 'TOKEN_INVALID'],
    ['expired', () => issuer.token({ expired: true }), 'TOKEN_EXPIRED'],
    [
      'good for a change of the password alone',
      () => issuer.token({ scopes: [PASSWORD_CHANGE_SCOPE] }),
      'INSUFFICIENT_SCOPE',
    ],
  ])('are refused with a token that is %s', async (_what, token, code) => {
    if (kind === 'ws') {
      expect(await plain(token()).closed).toMatchObject({ reason: code });
      return;
    }
    const socket = io4(token());
    const error = await new Promise<object>((resolve) => socket.once('connect_error', resolve));
    expect(error).toMatchObject({ data: { code } });
  });
});
