import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();

/** A line of padding: found no time at all. */
export const PADDING = `${'0'.repeat(34)}1:0`;

type Answer = (prefix: string, response: ServerResponse, request: IncomingMessage) => void;

/** A server that speaks the k-anonymity range protocol, and keeps all that it is told. */
export class RangeServer {
  /** All bytes that arrived, of all connections. */
  received = '';
  readonly requests: IncomingMessage[] = [];
  readonly connections = new Set<Socket>();
  answer: Answer;
  private readonly server = createServer((request, response) => {
    this.requests.push(request);
    this.answer(request.url?.split('/').at(-1) ?? '', response, request);
  });

  private constructor(breached: readonly string[]) {
    this.answer = RangeServer.knowing(...breached);
    this.server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    });
  }

  static async start(...breached: string[]): Promise<RangeServer> {
    const server = new RangeServer(breached);
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  /** Answers with padding, and with the rest of the hashes of these passwords. */
  static knowing(...breached: string[]): Answer {
    return (prefix, response) => {
      const known = breached.map(sha1).filter((hash) => hash.startsWith(prefix));
      const lines = [PADDING, ...known.map((hash) => `${hash.slice(5)}:4711`), `${'F'.repeat(35)}:2`];
      response.end(lines.join('\r\n'));
    };
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/range/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
