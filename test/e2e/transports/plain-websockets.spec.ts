import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WsAdapter } from '@nestjs/platform-ws';
import type { SignedIn } from '../../support/api-client.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PATIENT } from './patient.js';
import { webSockets } from '../../../src/websockets/index.js';
import { ChatModule, connected } from './chat-gateway.js';
import { PlainClient } from './plain-client.js';

const PAGE = 'https://chat.example.com';

describe('Connections of ws', () => {
  let server: TestApp;
  let user: SignedIn;

  beforeAll(async () => {
    const transport = webSockets({
      adapter: (http) => new WsAdapter(http),
      origins: [PAGE],
      authenticationTimeout: 200,
    });
    server = await startTestApp({ environment: PATIENT, transports: [transport], imports: [ChatModule] });
    user = (await server.api.register()).body;
  });

  afterAll(async () => {
    await server.close();
  });

  const register = async () => (await server.api.register()).body;
  const connect = (handshake?: ConstructorParameters<typeof PlainClient>[1]) =>
    new PlainClient(`${server.url}/chat`, handshake);
  const by = (token: string, others: Record<string, string> = {}) =>
    connect({ headers: { authorization: `Bearer ${token}`, ...others } });
  const logOut = (token: string) => server.api.post('/api/auth/logout', undefined, { token });

  it('are open by a token of the header, and handlers know the caller', async () => {
    const client = await by(user.accessToken).opened();
    expect(await client.ask('say', 'hello')).toEqual({ event: 'said', data: `hello by ${user.user.id}` });
    expect(connected.at(-1)).toBe(user.user.id);
    client.close();
  });

  it('are open by a token among the subprotocols, which is not sent back', async () => {
    const client = await connect({ protocols: ['chat', `latchkey.bearer.${user.accessToken}`] }).opened();
    expect(client.protocol).toBe('chat');
    expect(await client.ask('say', 'hello')).toMatchObject({ event: 'said' });
    client.close();
  });

  it('are closed with 4403 for an OAuth client that comes by itself, before a gateway knows of it', async () => {
    const before = connected.length;
    const token = await oauthToken(server.app, 'billing', 'billing');
    const client = await connect().opened();
    client.send('authenticate', { token });
    expect(await client.closed).toEqual({ code: 4403, reason: 'USER_REQUIRED' });
    expect(connected).toHaveLength(before);
  });

  it('are open by a token of the first message, and no gateway knows of them before', async () => {
    const before = connected.length;
    const client = await connect().opened();
    expect(connected).toHaveLength(before);
    expect(await client.ask('authenticate', { token: user.accessToken })).toEqual({
      event: 'authenticated',
      data: { expiresAt: expect.any(String) },
    });
    expect(connected).toHaveLength(before + 1);
    expect(await client.ask('say', 'hello')).toMatchObject({ event: 'said' });
    client.close();
  });

  it.each([
    [
      'a first message that is none of a token',
      (client: PlainClient) => client.send('say', 'hello'),
      'TOKEN_MISSING',
    ],
    [
      'a token that is none',
      (client: PlainClient) => client.send('authenticate', { token: 'rubbish' }),
      'TOKEN_INVALID',
    ],
    ['no message in time', () => undefined, 'TOKEN_MISSING'],
  ])('are closed with 4401 for %s', async (_what, send, reason) => {
    const client = await connect().opened();
    send(client);
    expect(await client.closed).toEqual({ code: 4401, reason });
  });

  it('take no token from the address', async () => {
    const client = await new PlainClient(
      `${server.url}/chat?token=${user.accessToken}&access_token=${user.accessToken}`,
    ).opened();
    expect(await client.closed).toEqual({ code: 4401, reason: 'TOKEN_MISSING' });
  });

  it('are closed with 4403 for pages of other sites', async () => {
    const client = by(user.accessToken, { origin: 'https://evil.example' });
    expect(await client.closed).toEqual({ code: 4403, reason: 'CSRF_REJECTED' });
    const own = await by(user.accessToken, { origin: PAGE }).opened();
    expect(await own.ask('say', 'hello')).toMatchObject({ event: 'said' });
    own.close();
  });

  it.each([
    ['ban', 'INSUFFICIENT_ROLE'],
    ['pin', 'INSUFFICIENT_SCOPE'],
  ])('stay open where a role or scope is missing for a message (%s)', async (event, code) => {
    const client = await by(user.accessToken).opened();
    expect(await client.ask(event)).toEqual({
      event: 'exception',
      data: {
        status: 'error',
        code,
        statusCode: 403,
        message: expect.any(String),
        cause: { pattern: event },
      },
    });
    expect(await client.ask('rules')).toEqual({ event: 'rules', data: 'Be kind.' });
    client.close();
  });

  it('are closed when their token is revoked', async () => {
    const { accessToken } = await register();
    const client = await by(accessToken).opened();
    await client.ask('say', 'hello');
    await logOut(accessToken);
    expect(await client.closed).toEqual({ code: 4401, reason: 'TOKEN_REVOKED' });
  });

  it('stay by no token of another caller or session', async () => {
    const client = await by(user.accessToken).opened();
    for (const other of [await register(), (await server.api.login(user.user.email)).body]) {
      expect(await client.ask('authenticate', { token: other.accessToken })).toMatchObject({
        event: 'exception',
        data: { code: 'TOKEN_INVALID' },
      });
    }
    expect(await client.ask('say', 'hello')).toMatchObject({ data: `hello by ${user.user.id}` });
    client.close();
  });

  // Last: the time goes on for all of them.
  it('are closed when their token expires, unless a newer one of the session came', async () => {
    const { accessToken, refreshToken } = await register();
    const renewed = await by(accessToken).opened();
    const expiring = await by(user.accessToken).opened();
    await Promise.all([renewed.ask('say', ''), expiring.ask('say', '')]);
    server.clock.advance(10 * 60_000);
    const next = (await server.api.refresh(refreshToken)).body;
    expect(await renewed.ask('authenticate', { token: next.accessToken })).toMatchObject({
      event: 'authenticated',
    });
    server.clock.advance(5 * 60_000);
    expect(await expiring.closed).toEqual({ code: 4401, reason: 'TOKEN_EXPIRED' });
    expect(await renewed.ask('say', 'still')).toMatchObject({ event: 'said' });
    renewed.close();
  });
});
