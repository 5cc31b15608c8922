import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { INestApplication, INestMicroservice } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grpc } from '../../../src/grpc/index.js';
import { IdentityRelay, type ResourceServerOptions } from '../../../src/resource-server/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import type { Platform } from '../access/extended-app.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { type Fetched, FrontController } from './front.js';
import { hopModule, NAMED, Next, type Seen, startFront, startHop } from './hops.js';
import { Recorder } from './recorder.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const WITHOUT_CALL = { name: 'RelayRefusedError', code: 'RELAY_WITHOUT_CALL' };

describe.each<Platform>(['Fastify', 'Express'])('The identity of a caller, from HTTP on %s', (platform) => {
  const directory = temporaryDirectory();
  const [orders, stock, unnamed] = ['orders', 'stock', 'unnamed'].map(
    (name) => `unix:${join(directory.path, `${name}.sock`)}`,
  ) as [string, string, string];
  let issuer: TestIssuer;
  let named: Recorder;
  let other: Recorder;
  let gateway: INestApplication;
  let astray: INestApplication;
  let url: string;
  const heard: Socket[] = [];
  const listener = createServer((socket) => heard.push(socket));
  const services: (INestApplication | INestMicroservice)[] = [];

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    [named, other] = await Promise.all([Recorder.start(), Recorder.start()]);
    const service = (name: string, to: string[]): ResourceServerOptions => ({
      issuer: issuer.url,
      audience: issuer.audience,
      transports: [grpc()],
      relay: { service: name, to },
    });
    const front = { controllers: [FrontController] };
    services.push(
      await startHop(hopModule(service('stock', [NAMED])), stock),
      await startHop(hopModule(service('orders', [stock]), stock), orders),
    );
    gateway = await startFront(hopModule(service('gateway', [orders, named.url]), orders, front), platform);
    astray = await startFront(hopModule(service('astray', [orders]), unnamed, front), platform);
    services.push(gateway, astray);
    await new Promise<void>((resolve) => listener.listen(unnamed.slice('unix:'.length), resolve));
    url = await gateway.getUrl();
  });

  afterAll(async () => {
    for (const service of services.toReversed()) await service.close();
    await Promise.all([named?.close(), other?.close(), issuer?.close()]);
    await new Promise((resolve) => listener.close(resolve));
    directory.remove();
  });

  const get = async <Body>(path: string, token?: string, headers: Record<string, string> = {}) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url + path, { headers: { ...headers, ...authorization } });
    return (await response.json()) as Body;
  };
  const fetched = (to: string, token = issuer.token(), more = '') =>
    get<Fetched>(`/fetch?url=${encodeURIComponent(to)}${more}`, token);

  it('reaches the third service: subject, roles, scopes, and the services in between', async () => {
    const token = issuer.token({ subject: 'ada', roles: ['admin', 'user'], scopes: ['orders:read'] });
    expect(await get<Seen>('/who', token)).toMatchObject({
      subject: 'ada',
      roles: ['admin', 'user'],
      scopes: ['orders:read'],
      callers: ['gateway', 'orders'],
      headers: { authorization: `Bearer ${token}`, 'latchkey-callers': 'gateway, orders, stock' },
    });
  });

  it('goes with the request id and the trace of the call', async () => {
    const { requestId, headers } = await get<Seen>('/who', issuer.token(), {
      'x-request-id': 'request-1',
      traceparent: `00-${TRACE}-${PARENT}-01`,
      tracestate: 'vendor=value',
    });
    expect(requestId).toBe('request-1');
    expect(headers).toMatchObject({
      'x-request-id': 'request-1',
      traceparent: expect.stringMatching(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-01$`),
      tracestate: 'vendor=value',
    });
  });

  it('goes with a new request id and trace where none is told to the letter', async () => {
    const { requestId, headers } = await get<Seen>('/who', issuer.token(), {
      'x-request-id': 'request 1; DROP',
      traceparent: `00-${TRACE}-${'0'.repeat(16)}-01`,
      tracestate: 'vendor=value',
    });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(headers['traceparent']).not.toContain(TRACE);
    expect(headers['tracestate']).toBeUndefined();
  });

  it('goes with names of services that are names, sixteen at most', async () => {
    const claimed = [...Array.from({ length: 20 }, (_, index) => `s${index}`), 'a b', '<script>', ''].join(
      ',',
    );
    const { callers } = await get<Seen>('/who', issuer.token(), { 'latchkey-callers': claimed });
    expect(callers).toHaveLength(16);
    expect(callers.slice(-3)).toEqual(['s19', 'gateway', 'orders']);
  });

  it('is that of each caller where many call at once', async () => {
    const subjects = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    const seen = await Promise.all(
      subjects.map((subject) => get<Seen>('/who', issuer.token({ subject }), { 'x-request-id': subject })),
    );
    expect(seen.map(({ subject }) => subject)).toEqual(subjects);
    expect(seen.map(({ requestId }) => requestId)).toEqual(subjects);
  });

  it('goes without the token where no host is said', async () => {
    const { headers, unnamed: others } = await get<Seen>('/who', issuer.token());
    expect(headers).toHaveProperty('authorization');
    expect(others).toEqual({
      'latchkey-callers': 'gateway, orders, stock',
      'x-request-id': headers['x-request-id'],
      traceparent: expect.any(String),
    });
  });

  it('is none where a route is public, though a token was sent, which no guard has looked at', async () => {
    for (const token of [undefined, issuer.token(), issuer.token({ forged: true })]) {
      const seen = await get<Seen>('/open', token);
      expect(seen).toMatchObject({ callers: ['gateway', 'orders'] });
      expect(seen.subject).toBeUndefined();
      expect(seen.headers).not.toHaveProperty('authorization');
    }
  });

  it('goes by HTTP to a host that is named, in place of headers of these names', async () => {
    const token = issuer.token();
    expect(await fetched(`${named.url}/invoices?of=me`, token)).toEqual({ status: 200, body: 'answered' });
    expect(named.received.at(-1)).toMatchObject({
      authorization: `Bearer ${token}`,
      'latchkey-callers': 'gateway',
      'x-request-id': expect.any(String),
      traceparent: expect.any(String),
      'x-own': 'own',
    });
  });

  it.each([
    ['another host', () => other.url],
    ['another name of the host', () => named.url.replace('127.0.0.1', 'localhost')],
    ['a name in front of the host', () => other.url.replace('//', `//${new URL(named.url).host}@`)],
    ['another scheme', () => named.url.replace('http:', 'https:')],
    ['an address that is not whole', () => '/invoices'],
  ])('is not sent to %s', async (_what, to) => {
    const before = [named.received.length, other.received.length];
    expect(await fetched(to())).toEqual({ refused: 'RELAY_HOST_NOT_NAMED' });
    expect([named.received.length, other.received.length]).toEqual(before);
  });

  it('follows no redirect, wherever it leads', async () => {
    for (const to of [other.url, `${named.url}/other`]) {
      const before = [named.received.length + 2, other.received.length];
      const redirect = `${named.url}/elsewhere?to=${to}`;
      expect(await fetched(redirect, issuer.token(), '&redirect=follow')).toEqual({ failed: true });
      expect(await fetched(redirect, issuer.token(), '&redirect=manual')).toMatchObject({ status: 307 });
      expect([named.received.length, other.received.length]).toEqual(before);
    }
  });

  it('goes by no client of gRPC whose address is not named, and nothing is sent', async () => {
    const authorization = `Bearer ${issuer.token()}`;
    const answer = await fetch(`${await astray.getUrl()}/who`, { headers: { authorization } });
    expect(await answer.json()).toEqual({ refused: 'RELAY_HOST_NOT_NAMED' });
    expect(heard).toEqual([]);
  });

  it('is none in the background, which is an error and sends nothing', async () => {
    const relay = gateway.get(IdentityRelay);
    expect(() => relay.headers()).toThrow(expect.objectContaining(WITHOUT_CALL));
    await expect(relay.fetch(named.url)).rejects.toMatchObject(WITHOUT_CALL);
    await expect(gateway.get(Next).who()).rejects.toMatchObject(WITHOUT_CALL);
    expect([relay.callers(), relay.requestId()]).toEqual([[], undefined]);
  });
});
