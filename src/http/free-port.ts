import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export interface ReservedPort {
  readonly port: number;
  /** Frees the port, to be listened on at once. */
  release(): Promise<void>;
}

/** Holds a free port, so that the issuer is known before the server listens. */
export async function reserveFreePort(host: string): Promise<ReservedPort> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
