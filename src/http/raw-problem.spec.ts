import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerRawProblem } from './raw-problem.js';

describe('answerRawProblem', () => {
  let server: Server;

  beforeEach(async () => {
    const timeouts = { requestTimeout: 50, headersTimeout: 50, connectionsCheckingInterval: 10 };
    server = createServer(timeouts, (_, response) => response.end()).listen(0, '127.0.0.1');
    server.on('clientError', answerRawProblem);
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
  });

  const send = async (request: string): Promise<string> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(request);
    return text(socket);
  };

  it('answers 408 to a request that does not come whole in time', async () => {
    const answer = await send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  });

  it('answers 400 to what is not HTTP', async () => {
    expect(await send('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});
