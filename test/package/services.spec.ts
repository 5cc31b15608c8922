import { join } from 'node:path';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../e2e/support/eventually.js';
import { describeWithHaproxy } from '../support/services/available.js';
import { freePort } from '../support/services/free-port.js';
import { administrator } from './administrator.js';
import { buildExample, expectDependencies, startExample } from './example-application.js';
import type { PackedApplication } from './packed-application.js';
import type { ServedApplication } from './served-application.js';

const ACCOUNT = { email: 'ada@example.com', password: 'correct horse battery staple' };
const NAMES = ['auth', 'shop', 'orders', 'stock', 'gateway'] as const;

interface Sighting {
  readonly service: string;
  readonly subject: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly callers?: readonly string[];
  readonly requestId: string;
}

describeWithHaproxy('examples/services', () => {
  let application: PackedApplication;
  /** By the gateway. */
  let server: ServedApplication;
  let ports: Record<(typeof NAMES)[number], number>;
  let environment: Record<string, string>;

  beforeAll(async () => {
    application = await buildExample('services');
    const free = await Promise.all(NAMES.map(async (name) => [name, await freePort()] as const));
    ports = Object.fromEntries(free) as typeof ports;
    environment = Object.fromEntries(
      free.map(([name, port]) => [`${name.toUpperCase()}_PORT`, String(port)]),
    );
    server = await startExample(application, environment);
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    application?.remove();
  });

  async function order(token: string | undefined, headers = {}): Promise<[number, readonly Sighting[]]> {
    const response = await fetch(`${server.url}/orders/kettle`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}` },
    });
    const body = (await response.json()) as { readonly seenBy: readonly Sighting[] };
    return [response.status, body.seenBy];
  }

  /** Past gateway and shop. @returns the status, and the stable code */
  function call(name: 'orders' | 'stock', method: string, token?: string): Promise<[number, string]> {
    const client = new Client(`127.0.0.1:${ports[name]}`, credentials.createInsecure());
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const bytes = (message: Buffer) => message;
    return new Promise((resolve) => {
      client.makeUnaryRequest(method, bytes, bytes, Buffer.of(), metadata, (error) => {
        client.close();
        resolve([error?.code ?? status.OK, String(error?.metadata.get('latchkey-code')[0] ?? '')]);
      });
    });
  }
  const callEach = (token?: string) =>
    Promise.all([
      call('orders', '/orders.Orders/Place', token),
      call('stock', '/stock.Stock/Reserve', token),
    ]);

  it('declares and installs what it imports', () => {
    expectDependencies(application);
  });

  it('knows the same caller in each service, and which services the call came through', async () => {
    const registered = await server.post('/api/auth/register', ACCOUNT);
    const { user, accessToken: token } = registered.body as unknown as {
      user: { id: string };
      accessToken: string;
    };
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      roles: string[];
      scope: string;
    };
    // What a client says of services that it came through, and how it names the request, stays at the gateway.
    const [answered, seenBy] = await order(token, { 'latchkey-callers': 'forged', 'x-request-id': 'r-1' });
    const { roles } = claims;
    const scopes = claims.scope.split(' ');
    const requestId = seenBy[0]?.requestId;
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    const caller = { subject: user.id, roles, scopes, requestId };
    expect([answered, seenBy]).toEqual([
      201,
      [
        { ...caller, service: 'shop', callers: [] },
        { ...caller, service: 'orders', callers: ['shop'] },
        { ...caller, service: 'stock', callers: ['shop', 'orders'] },
      ],
    ]);
    expect(roles).not.toEqual([]);
    expect(scopes).not.toEqual([]);
  });

  it('refuses in the last service what needs a role, in the same words to the caller', async () => {
    const { accessToken: token } = (await server.post('/api/auth/login', ACCOUNT)).body;
    const refused = await server.post('/stock/kettle', {}, token);
    expect([refused.status, refused.body['code']]).toEqual([403, 'INSUFFICIENT_ROLE']);
    expect(await call('stock', '/stock.Stock/Refill', token)).toEqual([
      status.PERMISSION_DENIED,
      'INSUFFICIENT_ROLE',
    ]);
    expect((await server.post('/stock/kettle', {}, await administrator(server))).status).toBe(201);
  });

  it('lets no caller in without a token, but to what is public', async () => {
    expect((await server.post('/orders/kettle')).body['code']).toBe('TOKEN_MISSING');
    expect(await callEach()).toEqual([
      [status.UNAUTHENTICATED, 'TOKEN_MISSING'],
      [status.UNAUTHENTICATED, 'TOKEN_MISSING'],
    ]);
    expect((await server.get('/')).status).toBe(200);
  });

  it('refuses a token in each service once its session has ended', async () => {
    const { accessToken: token } = (await server.post('/api/auth/login', ACCOUNT)).body;
    expect((await order(token))[0]).toBe(201);
    expect(await callEach(token)).toEqual([
      [status.OK, ''],
      [status.OK, ''],
    ]);
    expect((await server.post('/api/auth/logout', {}, token)).status).toBe(204);
    await eventually(async () => {
      expect((await server.post('/orders/kettle', {}, token)).body['code']).toBe('TOKEN_REVOKED');
      expect(await callEach(token)).toEqual([
        [status.UNAUTHENTICATED, 'TOKEN_REVOKED'],
        [status.UNAUTHENTICATED, 'TOKEN_REVOKED'],
      ]);
    });
  });

  it('says which setting names a port that is taken, and leaves nothing running', async () => {
    const { code, output } = await application.run([join(application.path, 'dist/main.js')], {
      ...environment,
      AUTH_PORT: '0',
    });
    expect(code).toBe(1);
    expect(output).toBe(
      `SHOP_PORT: port ${ports.shop} is taken by another program. Set it to another, or to 0 for any that is free.\n`,
    );
  });

  it('ends as a whole', async () => {
    await server.stop();
    for (const port of Object.values(ports))
      await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });
});
