import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpConfig } from '../config/config.js';
import { trustedPeers } from './trusted-peers.js';

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
