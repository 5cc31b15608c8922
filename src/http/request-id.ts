import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { HttpConfig } from '../config/config.js';

const HEADER = 'x-request-id';
/** Nothing that a log, a header or a query would have to escape. */
const SAFE_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Names each request: as a trusted proxy has named it, else anew. */
export function requestIds(trustProxy: HttpConfig['trustProxy']): (request: IncomingMessage) => string {
  const isTrusted = trustedPeers(trustProxy);
  return ({ headers, socket }) => {
    const given = headers[HEADER];
    const isGood = typeof given === 'string' && SAFE_ID.test(given) && isTrusted(socket.remoteAddress);
    return isGood ? given : randomUUID();
  };
}

/** Whether the peer is a proxy that we believe. */
function trustedPeers(trustProxy: HttpConfig['trustProxy']): (address: string | undefined) => boolean {
  if (trustProxy === false) return () => false;
  if (typeof trustProxy === 'number') return () => trustProxy > 0;
  const trusted = new BlockList();
  for (const entry of trustProxy.split(',')) {
    const [address = '', prefix] = entry.split('/');
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (peer) => {
    const address = peer?.replace(/^::ffff:(?=\d+\.)/i, '');
    return address !== undefined && trusted.check(address, familyOf(address));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
