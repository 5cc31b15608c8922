import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export interface ReservedPort {
  readonly port: number;
  /** Frees the port, to be listened on at once. */
  release(): Promise<void>;
}

/**
 * Holds a port until the server listens on it: one that is taken is found before anything was done, and with port 0 the
 * issuer is known early.
 */
export async function reservePort(host: string, port: number): Promise<ReservedPort> {
  // Who connects too early is hung up on: an open connection would keep the port from being released.
  const server = createServer((socket) => socket.destroy()).listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
