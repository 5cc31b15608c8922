import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: string;
  /** Names in small letters and values by turns, as they came. */
  readonly headers: readonly string[];
}

/** The service behind a gateway: answers what it was asked, and takes every upgrade. */
export async function startEchoService() {
  let count = 0;
  let last: Seen | undefined;
  const sockets = new Set<Socket>();
  const seenOf = ({ method = '', url = '', rawHeaders }: IncomingMessage): Seen => {
    count += 1;
    const headers = rawHeaders.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
    last = { method, url, headers };
    return last;
  };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(seenOf(request)));
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket) => {
    seenOf(request);
    socket.on('error', () => undefined);
    const key = `${String(request.headers['sec-websocket-key'])}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64'); // RFC 6455 section 4.2.2
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\nX-Subject: ${String(request.headers['x-auth-subject'])}\r\n\r\n`,
    );
    socket.on('data', (data) => socket.write(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return count;
    },
    get last() {
      return last;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
