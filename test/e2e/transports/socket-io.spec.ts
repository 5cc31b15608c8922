import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationConfig } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { io, type Socket } from 'socket.io-client';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PATIENT } from './patient.js';
import { AdapterCheck } from '../../../src/websockets/adapter-check.js';
import { GuardedAdapter } from '../../../src/websockets/guarded-adapter.js';
import { webSockets } from '../../../src/websockets/index.js';
import { ChatModule } from './chat-gateway.js';

type Refusal = Error & { readonly data?: unknown };

describe('Connections of socket.io', () => {
  let server: TestApp;
  let user: SignedIn;

  beforeAll(async () => {
    server = await startTestApp({ environment: PATIENT, transports: [webSockets()], imports: [ChatModule] });
    user = (await server.api.register()).body;
  });

  afterAll(async () => {
    await server.close();
  });

  const connect = (auth: object, query = {}) =>
    io(server.url, {
      path: '/chat',
      auth,
      query,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
  const eventOf = <T>(socket: Socket, event: string) =>
    new Promise<T>((resolve) => socket.once(event, (data: T) => resolve(data)));
  const open = async (token: string) => {
    const socket = connect({ token });
    await eventOf(socket, 'connect');
    return socket;
  };
  const ask = async (socket: Socket, event: string, data: unknown, answer: string) => {
    const answered = eventOf(socket, answer);
    socket.emit(event, data);
    return answered;
  };

  it('are open by a token of the handshake, and handlers know the caller', async () => {
    const socket = await open(user.accessToken);
    expect(await ask(socket, 'say', 'hello', 'said')).toBe(`hello by ${user.user.id}`);
    socket.disconnect();
  });

  it.each([
    ['no token', {}, {}, 'TOKEN_MISSING'],
    ['what is no token', { token: 'rubbish' }, {}, 'TOKEN_INVALID'],
    ['a token in the address', {}, { token: 'any', access_token: 'any' }, 'TOKEN_MISSING'],
  ])('are refused with %s', async (_what, auth, query, code) => {
    const { data } = await eventOf<Refusal>(connect(auth, query), 'connect_error');
    expect(data).toEqual({ status: 'error', code, statusCode: 401, message: expect.any(String) });
  });

  it.each([
    ['ban', 'INSUFFICIENT_ROLE'],
    ['pin', 'INSUFFICIENT_SCOPE'],
  ])('stay open where a role or scope is missing for a message (%s)', async (event, code) => {
    const socket = await open(user.accessToken);
    expect(await ask(socket, event, '', 'exception')).toMatchObject({ code, statusCode: 403 });
    expect(await ask(socket, 'rules', '', 'rules')).toBe('Be kind.');
    socket.disconnect();
  });

  it('are closed when their token is revoked', async () => {
    const { accessToken } = (await server.api.register()).body;
    const socket = await open(accessToken);
    const [told, closed] = [eventOf(socket, 'exception'), eventOf(socket, 'disconnect')];
    await server.api.post('/api/auth/logout', undefined, { token: accessToken });
    expect(await told).toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await closed).toBe('io server disconnect');
  });

  it('stop the start where another adapter takes the place of the one that lets them in', () => {
    const check = new AdapterCheck(server.app.get(ApplicationConfig), server.app.get(GuardedAdapter));
    expect(() => check.onModuleInit()).not.toThrow();
    const other = new ApplicationConfig(new WsAdapter());
    expect(() => new AdapterCheck(other, server.app.get(GuardedAdapter)).onModuleInit()).toThrow(
      /webSockets\(\{ adapter/,
    );
  });

  // Last: the time goes on for all of them.
  it('are closed when their token expires, unless a newer one of the session came', async () => {
    const { accessToken, refreshToken } = (await server.api.register()).body;
    const renewed = await open(accessToken);
    const expiring = await open(user.accessToken);
    server.clock.advance(10 * 60_000);
    const next = (await server.api.refresh(refreshToken)).body;
    expect(await renewed.emitWithAck('authenticate', { token: next.accessToken })).toEqual({
      expiresAt: expect.any(String),
    });
    const told = eventOf(expiring, 'exception');
    server.clock.advance(5 * 60_000);
    expect(await told).toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(await ask(renewed, 'say', 'still', 'said')).toMatch(/^still/);
    renewed.disconnect();
  });
});
