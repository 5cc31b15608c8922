import dns from 'node:dns';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { jest } from '@jest/globals';

/** A server that a careless verifier would ask for keys. It would get them. */
export interface Trap {
  readonly url: string;
  /** Connections, whatever was sent on them. */
  readonly connections: () => number;
  give(jwks: object): void;
  close(): Promise<void>;
}

export async function setTrap(): Promise<Trap> {
  let connections = 0;
  let answer: object = { keys: [] };
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    give: (jwks) => (answer = jwks),
    close: async () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/**
 * Notes every connection and every look-up of a name that this process begins, and the server is in this process.
 * @param own URLs of the server itself, to which the test's client connects, and of its database
 */
export function watchOutgoing(own: readonly string[]): { readonly tried: readonly string[]; stop(): void } {
  const ours = new Set(own.map((url) => new URL(url).host));
  const tried: string[] = [];
  // Kept to be called on the socket that it is called on.
  // oxlint-disable-next-line typescript/unbound-method
  const connect = Socket.prototype.connect as (...parameters: unknown[]) => Socket;
  const connecting = jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (
    this: Socket,
    ...parameters: unknown[]
  ) {
    const target = targetOf(parameters);
    if (!ours.has(target)) tried.push(target);
    return connect.apply(this, parameters);
  });
  const looking = jest.spyOn(dns, 'lookup');
  return {
    get tried() {
      return [...tried, ...looking.mock.calls.map(([name]) => `look-up of ${name}`)];
    },
    stop: () => {
      connecting.mockRestore();
      looking.mockRestore();
    },
  };
}

/** Of the ways to call `connect`: options, [options, callback], port and host, path. */
function targetOf([first, second]: unknown[]): string {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === 'number') return `${typeof second === 'string' ? second : 'localhost'}:${options}`;
  if (typeof options !== 'object' || options === null) return JSON.stringify([options, second]);
  const { host, port, path } = options as { host?: string; port?: number; path?: string };
  return path ?? `${host ?? 'localhost'}:${port}`;
}
