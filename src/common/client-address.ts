import { isIP } from 'node:net';

/** The part of a request that Express and Fastify share. */
interface ConnectedRequest {
  readonly ip?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

/**
 * The client's address. Some proxies write its port behind it, which would make another client of each connection; what
 * a client wrote that is no address at all counts as the address of the proxy that passed it on.
 */
export function clientAddressOf({ ip, socket }: ConnectedRequest): string | null {
  return addressIn(ip) ?? addressIn(socket?.remoteAddress) ?? null;
}

function addressIn(text: string | undefined): string | undefined {
  if (text === undefined || isIP(text) !== 0) return text;
  const [, address] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? /^([^:]+):\d+$/.exec(text) ?? [];
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
