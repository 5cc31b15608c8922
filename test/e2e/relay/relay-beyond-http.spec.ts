import { join } from 'node:path';
import type { INestApplication, INestMicroservice } from '@nestjs/common';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { createClient } from 'graphql-ws';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { graphql } from '../../../src/graphql/index.js';
import { grpc } from '../../../src/grpc/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { FRONT } from './front.js';
import { hopModule, NAMED, type Seen, startFront, startHop } from './hops.js';

const CALLERS = ['ada', 'bob', 'eve'];

/** Each handler has `stock` see the caller, while others do the same. */
describe('The identity of a caller goes on', () => {
  const directory = temporaryDirectory();
  const address = (name: string) => `unix:${join(directory.path, `${name}.sock`)}`;
  let issuer: TestIssuer;
  let stock: INestMicroservice;
  let orders: INestApplication;
  let url: string;
  let client: Client;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const { url: from, audience } = issuer;
    const service = (name: string, to: string[]) => ({
      issuer: from,
      audience,
      relay: { service: name, to },
    });
    stock = await startHop(
      hopModule({ ...service('stock', [NAMED]), transports: [grpc()] }),
      address('stock'),
    );
    const transports = [grpc(), graphql(), webSockets()];
    const module = hopModule(
      { ...service('orders', [address('stock')]), transports },
      address('stock'),
      FRONT,
    );
    orders = await startFront(module, 'Fastify', address('orders'));
    url = await orders.getUrl();
    client = new Client(address('orders'), credentials.createInsecure());
  });

  afterAll(async () => {
    client?.close();
    await orders?.close();
    await stock?.close();
    await issuer?.close();
    directory.remove();
  });

  /** Who is seen where each of several calls at the same time. */
  const seenOf = (subjects: string[], call: (token: string) => Promise<Seen[]>) =>
    Promise.all(
      subjects.map(async (subject) =>
        (await call(issuer.token({ subject }))).map((seen) => [seen.subject, seen.callers]),
      ),
    );
  const each = (times: number) =>
    CALLERS.map((subject) => Array.from({ length: times }, () => [subject, ['orders']]));

  /** Two answers of a stream, to two messages where it takes them. */
  const stream = (method: 'Watch' | 'Chat' | 'Pass') => async (token: string) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    const path = `/hops.Hops/${method}`;
    const encode = () => Buffer.alloc(0);
    const talk = () => {
      const both = client.makeBidiStreamRequest(path, encode, textIn, metadata);
      both.write('');
      both.write('');
      return both;
    };
    const watch = () => client.makeServerStreamRequest(path, encode, textIn, '', metadata);
    const call = method === 'Watch' ? watch() : talk();
    const seen: Seen[] = [];
    for await (const text of call) {
      seen.push(JSON.parse(text as string) as Seen);
      if (seen.length === 2) break;
    }
    call.cancel();
    return seen;
  };

  it.each(['Watch', 'Chat', 'Pass'] as const)(
    'with each message of a stream of gRPC (%s)',
    async (method) => {
      expect(await seenOf(CALLERS, stream(method))).toEqual(each(2));
    },
  );

  it('with queries of GraphQL, and fields where interceptors hold for them', async () => {
    const ask = async (token: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ who order { seen } }' }),
      });
      const { data } = (await response.json()) as { data: { who: string; order: { seen: string } } };
      return [data.who, data.order.seen].map((text) => JSON.parse(text) as Seen);
    };
    expect(await seenOf(CALLERS, ask)).toEqual(each(2));
  });

  it('with each event of a subscription of GraphQL', async () => {
    const listen = async (token: string) => {
      const subscriber = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
      });
      const seen: Seen[] = [];
      for await (const { data } of subscriber.iterate({ query: 'subscription { events }' })) {
        seen.push(JSON.parse(String(data?.['events'])) as Seen);
        if (seen.length === 2) break;
      }
      await subscriber.dispose();
      return seen;
    };
    expect(await seenOf(CALLERS, listen)).toEqual(each(2));
  });

  it('with each message of a WebSocket', async () => {
    const talk = async (token: string) => {
      const socket = io(url, { path: '/socket', auth: { token }, transports: ['websocket'], forceNew: true });
      const seen: Seen[] = [];
      await new Promise<void>((resolve) => {
        socket.on('seen', (one: Seen) => void (seen.push(one) === 2 && resolve()));
        socket.emit('who').emit('who');
      });
      socket.disconnect();
      return seen;
    };
    expect(await seenOf(CALLERS, talk)).toEqual(each(2));
  });
});

/** Of a message with one field of text, in the wire format of protocol buffers. */
function textIn(message: Buffer): string {
  return message.subarray(message.indexOf('{')).toString();
}
