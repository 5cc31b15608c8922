import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { graphql } from '../../../src/graphql/index.js';
import { grpc } from '../../../src/grpc/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { boundToken } from '../../support/bound-token.js';
import { DpopKey, type Proof } from '../../support/dpop-key.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { ChatModule } from './chat-gateway.js';
import { GraphqlSubscription } from './graphql-subscription.js';
import { encodeText } from './orders-client.js';
import { OrdersGraphModule } from './orders-resolver.js';
import { OrdersModule } from './orders-service.js';
import { PATIENT } from './patient.js';
import { PlainClient } from './plain-client.js';

describe('A token that is bound to a key', () => {
  let server: TestApp;
  let origin: string;
  let key: DpopKey;
  let subject: string;
  let token: string;
  let client: Client;

  beforeAll(async () => {
    key = await DpopKey.create();
    server = await startTestApp({
      environment: PATIENT,
      transports: [grpc(), webSockets({ adapter: (http) => new WsAdapter(http) })],
      imports: [OrdersModule, ChatModule],
    });
    const address = `unix:${join(server.dataDir, 'orders.sock')}`;
    const options = { package: 'orders', protoPath: 'test/e2e/transports/orders.proto', url: address };
    server.app.connectMicroservice<MicroserviceOptions>(
      { transport: Transport.GRPC, options },
      { inheritAppConfig: true },
    );
    await server.app.startAllMicroservices();
    origin = server.url.replace('127.0.0.1', 'localhost');
    subject = (await server.api.register()).body.user.id;
    token = await boundToken(server.app, key, subject);
    client = new Client(address, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  const proof = (said: Proof) => key.proof({ token, ...said });

  describe('in a call of gRPC', () => {
    const METHOD = '/orders.Orders/Mine';
    const ofCall = (said: Proof = {}) => proof({ htu: origin + METHOD, ...said });
    const call = (scheme: string, ...proofs: string[]) =>
      new Promise<{ status: number; code?: unknown; nonce?: unknown; text?: string }>((resolve) => {
        const metadata = new Metadata();
        metadata.set('authorization', `${scheme} ${token}`);
        for (const each of proofs) metadata.add('dpop', each);
        const decode = (message: Buffer) => message.subarray(2).toString();
        client.makeUnaryRequest(METHOD, encodeText, decode, 'orders', metadata, (error, text) => {
          if (!error) resolve({ status: 0, text: text ?? '' });
          else {
            const [code] = error.metadata.get('latchkey-code');
            const [nonce] = error.metadata.get('dpop-nonce');
            resolve({ status: error.code, code, nonce });
          }
        });
      });
    const refused = (code: string) => ({ status: status.UNAUTHENTICATED, code });

    it('lets in with a proof for the method, once', async () => {
      const used = await ofCall();
      expect(await call('DPoP', used)).toEqual({ status: 0, text: `orders of ${subject}` });
      expect(await call('DPoP', used)).toMatchObject(refused('DPOP_PROOF_INVALID'));
    });

    it('is refused as a bearer’s, and without a proof for the method', async () => {
      expect(await call('Bearer', await ofCall())).toMatchObject(refused('TOKEN_INVALID'));
      const wrong: Proof[] = [
        { htu: `${origin}/orders.Orders/Terms` },
        { htu: METHOD },
        { htm: 'GET' },
        { claims: { ath: undefined } },
      ];
      for (const said of wrong)
        expect(await call('DPoP', await ofCall(said))).toMatchObject(refused('DPOP_PROOF_INVALID'));
      expect(await call('DPoP')).toMatchObject(refused('DPOP_PROOF_INVALID'));
      const two = [await ofCall(), await ofCall()];
      expect(await call('DPoP', ...two)).toMatchObject(refused('DPOP_PROOF_INVALID'));
    });

    it('is asked for a nonce, which the trailing metadata bring', async () => {
      const claims = { iat: 1 };
      const { nonce, ...answer } = await call('DPoP', await ofCall({ claims }));
      expect(answer).toEqual(refused('DPOP_NONCE_REQUIRED'));
      expect(await call('DPoP', await ofCall({ claims, nonce: String(nonce) }))).toMatchObject({ status: 0 });
    });
  });

  describe('on a WebSocket', () => {
    const ofHandshake = (said: Proof = {}) => proof({ htm: 'GET', htu: `${origin}/chat`, ...said });
    const connect = (scheme: string, dpop: string) =>
      new PlainClient(`${server.url}/chat`, { headers: { authorization: `${scheme} ${token}`, dpop } });

    it('opens it with a proof for the handshake; its messages need none', async () => {
      const used = await ofHandshake();
      const socket = await connect('DPoP', used).opened();
      for (const text of ['hello', 'again'])
        expect(await socket.ask('say', text)).toEqual({ event: 'said', data: `${text} by ${subject}` });
      socket.close();
      const second = await connect('DPoP', used).opened();
      expect(await second.closed).toEqual({ code: 4401, reason: 'DPOP_PROOF_INVALID' });
    });

    it('is refused as a bearer’s, in the header and in a message', async () => {
      const byHeader = await connect('Bearer', await ofHandshake()).opened();
      expect(await byHeader.closed).toEqual({ code: 4401, reason: 'TOKEN_INVALID' });
      const byMessage = await new PlainClient(`${server.url}/chat`).opened();
      byMessage.send('authenticate', { token });
      expect(await byMessage.closed).toEqual({ code: 4401, reason: 'TOKEN_INVALID' });
    });
  });

  describe('in an operation of GraphQL', () => {
    const GRAPH = '/graphql';
    // The adapter of WebSockets would end its connections.
    let graph: TestApp;
    let me: string;
    let bound: string;

    beforeAll(async () => {
      graph = await startTestApp({
        environment: PATIENT,
        transports: [graphql()],
        imports: [OrdersGraphModule],
      });
      me = (await graph.api.register()).body.user.id;
      bound = await boundToken(graph.app, key, me);
    });
    afterAll(() => graph.close());

    const ofGraph = (said: Proof = {}) => {
      const htu = graph.url.replace('127.0.0.1', 'localhost') + GRAPH;
      return key.proof({ htu, token: bound, ...said });
    };
    const ask = async (query: string, dpop: string, scheme = 'DPoP') => {
      const answer = await fetch(graph.url + GRAPH, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `${scheme} ${bound}`, dpop },
        body: JSON.stringify({ query }),
      });
      return answer.json();
    };
    const refused = (latchkeyCode: string) => ({ errors: [{ extensions: { latchkeyCode } }] });

    it('needs one proof for the request, however many fields ask', async () => {
      const used = await ofGraph();
      expect(await ask('{ me other: me }', used)).toEqual({ data: { me, other: me } });
      expect(await ask('{ me }', used)).toMatchObject(refused('DPOP_PROOF_INVALID'));
      expect(await ask('{ me }', await ofGraph(), 'Bearer')).toMatchObject(refused('TOKEN_INVALID'));
    });

    it('opens subscriptions with a proof for the handshake', async () => {
      const dpop = await ofGraph({ htm: 'GET' });
      const headers = { authorization: `DPoP ${bound}`, dpop };
      const [first, second] = [1, 2].map(() => new GraphqlSubscription(graph.url, { headers }));
      const outcomes = JSON.stringify(await Promise.all([first?.first, second?.first]));
      expect(outcomes.match(/DPOP_PROOF_INVALID/g)).toHaveLength(1);
      expect(outcomes).toContain('"data"');
      for (const each of [first, second]) await each?.end();
    });
  });
});
