import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import {
  type ChannelCredentials,
  Client,
  credentials,
  type handleUnaryCall,
  type Interceptor,
  type Metadata,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { relayIdentity } from '../../../src/grpc/index.js';
import { CurrentCall, currentCalls } from '../../../src/relay/current-call.js';
import { RelayRules } from '../../../src/relay/relay-rules.js';
import { selfSignedCertificate } from '../../support/self-signed-certificate.js';

const WITHOUT_TLS = { name: 'RelayRefusedError', code: 'RELAY_WITHOUT_TLS' };
const { key, cert } = selfSignedCertificate();
const secure = credentials.createSsl(Buffer.from(cert));
const insecure = credentials.createInsecure();

const same = (message: Buffer) => message;
const METHOD = { path: '/stock.Stock/Reserve', requestStream: false, responseStream: false } as const;
const SERIALIZERS = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};

/** A call to an address by a client, on behalf of a caller. */
function call(port: number, by: ChannelCredentials, interceptor: Interceptor, scheme = 'grpcs') {
  const rules = new RelayRules({ service: 'orders', to: [`${scheme}://localhost:${port}`] });
  const received = {
    header: () => undefined,
    id: () => undefined,
    hasCaller: () => true,
    token: () => 'token',
  };
  const client = new Client(`localhost:${port}`, by, { interceptors: [interceptor] });
  const answer = new Promise<void>((resolve, reject) => {
    currentCalls.run(new CurrentCall(received, rules), () =>
      client.makeUnaryRequest(METHOD.path, same, same, Buffer.alloc(0), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  });
  return answer.finally(() => client.close());
}

describe('A client of gRPC whose address relay.to names by grpcs://', () => {
  const received: Metadata[] = [];
  const server = new Server();
  let port: number;
  const heard: Socket[] = [];
  const listener = createServer((socket) => heard.push(socket));
  let listening: number;

  beforeAll(async () => {
    const reserve: handleUnaryCall<Buffer, Buffer> = ({ metadata }, answer) => {
      received.push(metadata);
      answer(null, Buffer.alloc(0));
    };
    server.addService({ reserve: { ...METHOD, ...SERIALIZERS } }, { reserve });
    const chain = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    port = await new Promise((resolve, reject) => {
      server.bindAsync('localhost:0', ServerCredentials.createSsl(null, [chain]), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    await new Promise<void>((resolve) => listener.listen(0, 'localhost', resolve));
    listening = (listener.address() as AddressInfo).port;
  });

  afterAll(async () => {
    server.forceShutdown();
    for (const socket of heard) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });

  it('sends the token where its credentials encrypt', async () => {
    await call(port, secure, relayIdentity({ credentials: secure }));
    expect(received.at(-1)?.get('authorization')).toEqual(['Bearer token']);
  });

  it.each([
    ['those that do not encrypt', relayIdentity({ credentials: insecure })],
    ['none', relayIdentity()],
  ])('is refused with %s, and sends nothing', async (_what, interceptor) => {
    await expect(call(listening, insecure, interceptor)).rejects.toMatchObject(WITHOUT_TLS);
    expect(heard).toEqual([]);
  });
});
