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
 * Finds out that a port can be had before anything is done. One that the system chose (port 0) is held until it is released, and makes
 * the issuer known early. One that was asked for is free again at once: a load balancer may know it, and has to be refused while the
 * server starts, so that it asks another instance; what it could send would be lost.
 * @throws ConfigurationError if it cannot be had
 */
export async function reservePort(host: string, port: number): Promise<ReservedPort> {
  // Who connects too early is hung up on: an open connection would keep the port from being released.
  const server = createServer((socket) => socket.destroy()).listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw portProblem(error);
  });
  const { port: found } = server.address() as AddressInfo;
  const release = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  if (port !== 0) await release();
  return { port: found, release };
}

/** What an error of listening means: another may have taken the port meanwhile. */
export function portProblem(error: unknown): ConfigurationError {
  return new ConfigurationError([whyNot(error as NodeJS.ErrnoException)]);
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  return `${PROBLEMS[code ?? ''] ?? 'HOST or PORT cannot be used'} (${message}).`;
}
