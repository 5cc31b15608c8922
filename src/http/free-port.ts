import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ConfigurationError } from '../config/configuration-error.js';

const UNKNOWN_NAME = 'HOST is no address and no name that is known here: choose an address of this machine';
const PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'PORT is in use already: stop the process that listens there, or choose another',
  EADDRNOTAVAIL: 'HOST is no address of this machine: choose one that it has, or 0.0.0.0 for all',
  ENOTFOUND: UNKNOWN_NAME,
  EAI_AGAIN: UNKNOWN_NAME,
  EACCES: 'PORT needs a right that the server does not have: choose one from 1024',
};

export interface ReservedPort {
  readonly port: number;
  /** Frees the port, to be listened on at once. */
  release(): Promise<void>;
}

/**
 * Holds a port until the server listens on it: one that is taken is found before anything was done, and with port 0 the
 * issuer is known early.
 * @throws ConfigurationError if it cannot be had
 */
export async function reservePort(host: string, port: number): Promise<ReservedPort> {
  // Who connects too early is hung up on: an open connection would keep the port from being released.
  const server = createServer((socket) => socket.destroy()).listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new ConfigurationError([whyNot(error as NodeJS.ErrnoException)]);
  });
  return {
    port: (server.address() as AddressInfo).port,
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  return `${PROBLEMS[code ?? ''] ?? 'HOST or PORT cannot be used'} (${message}).`;
}
