import { WsAdapter } from '@nestjs/platform-ws';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebSocketsOptions } from '../../../src/websockets/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { CookieClient } from '../../support/cookie-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { ChatModule } from './chat-gateway.js';
import { PlainClient } from './plain-client.js';

const SERVER = 'https://auth.example.com';
const PAGE = 'https://chat.example.com';
const EVIL = 'https://evil.example';

/** What became of a connection: the caller that its first message is from, or why it was refused. */
type Outcome = { readonly caller: string } | { readonly refused: string };

describe.each(['ws', 'socket.io'] as const)('Cookies of a handshake of %s', (kind) => {
  let server: TestApp;
  let withoutOrigins: TestApp;
  let cookie: string;
  let subject: string;

  async function start(options: WebSocketsOptions): Promise<TestApp> {
    const adapter = kind === 'ws' ? { adapter: (http: object) => new WsAdapter(http) } : {};
    const transports = [webSockets({ authenticationTimeout: 100, ...adapter, ...options })];
    return startTestApp({ environment: { PUBLIC_URL: SERVER }, transports, imports: [ChatModule] });
  }

  beforeAll(async () => {
    server = await start({ origins: [PAGE] });
    withoutOrigins = await start({});
    [cookie, subject] = await signIn(server);
  });

  afterAll(async () => {
    await server?.close();
    await withoutOrigins?.close();
  });

  const signIn = async ({ api }: TestApp): Promise<[string, string]> => {
    const page = new CookieClient(api, SERVER);
    const { user } = (await page.register()).body;
    return [page.jar.headerFor('/chat') ?? '', user.id];
  };

  const connect = async ({ url }: TestApp, headers: Record<string, string>): Promise<Outcome> => {
    if (kind === 'ws') {
      const client = await new PlainClient(`${url}/chat`, { headers }).opened();
      const said = client.ask('say', 'hello').then(({ data }) => callerOf(data));
      const outcome = await Promise.race([said, client.closed.then(({ reason }) => ({ refused: reason }))]);
      client.close();
      return outcome;
    }
    const options = { path: '/chat', transports: ['websocket'], forceNew: true, reconnection: false };
    const socket = io(url, { ...options, extraHeaders: headers });
    const outcome = await new Promise<Outcome>((resolve) => {
      socket.once('connect', () => socket.emit('say', 'hello'));
      socket.once('said', (data) => resolve(callerOf(data)));
      socket.once('connect_error', (error: Error & { readonly data?: { readonly code?: string } }) =>
        resolve({ refused: error.data?.code ?? String(error) }),
      );
    });
    socket.disconnect();
    return outcome;
  };

  it('let a page of an origin that is named connect', async () => {
    expect(await connect(server, { cookie, origin: PAGE })).toEqual({ caller: subject });
  });

  it.each([
    ['of another site', EVIL],
    ['of an origin that begins like it', `${PAGE}.evil.example`],
    ['of the host over http', PAGE.replace('https', 'http')],
    ['of another port', `${PAGE}:8443`],
    ['without an origin of its own', 'null'],
    ['of the server itself, which is not named', SERVER],
  ])('let no page connect %s', async (_what, origin) => {
    expect(await connect(server, { cookie, origin })).toEqual({ refused: 'CSRF_REJECTED' });
  });

  it('do not count where no origin is told', async () => {
    expect(await connect(server, { cookie })).toEqual({ refused: 'TOKEN_MISSING' });
  });

  it('do not count where no origins are named', async () => {
    const [own] = await signIn(withoutOrigins);
    for (const origin of [PAGE, SERVER, EVIL])
      expect(await connect(withoutOrigins, { cookie: own, origin })).toEqual({ refused: 'TOKEN_MISSING' });
  });
});

function callerOf(data: unknown): Outcome {
  const [, caller] = /^hello by (.*)$/.exec(String(data)) ?? [];
  return caller === undefined ? { refused: JSON.stringify(data) } : { caller };
}
