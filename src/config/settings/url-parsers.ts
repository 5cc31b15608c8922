import { isIP } from 'node:net';
import { isLoopback } from '../loopback.js';
import { type MailSenderAddress, type MailServer, parseMailSender, parseMailUrl } from '../mail-url.js';
import { parseRedisUrl } from '../redis-url.js';
import { list, splitList } from './parsers.js';
import { portProblem } from './url-problems.js';
import type { Parser } from './setting.js';

/** An absolute URL of one of the protocols, as it was given. */
function urlOf(...protocols: readonly `${string}:`[]): Parser<string> {
  return {
    must: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    parse: (text) => (protocols.some((protocol) => parseUrl(text)?.protocol === protocol) ? text : undefined),
  };
}

/** Where people and programs find the server, without a trailing slash. */
export function publicUrl(): Parser<string> {
  const web = urlOf('http:', 'https:');
  return {
    must: `${web.must}, without query or fragment`,
    parse: (text) => (isBare(parseUrl(text)) ? web.parse(text)?.replace(/\/+$/, '') : undefined),
  };
}

/** An https URL without query, fragment or credentials; http to this machine. */
export function safeUrl(): Parser<string> {
  return {
    must: 'must be a URL that starts with https:// (or http:// for this machine), without query or fragment',
    parse(text) {
      const url = parseUrl(text);
      if (!url || !isBare(url)) return undefined;
      const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
      return safe ? text : undefined;
    },
  };
}

export function redisUrl(): Parser<string> {
  return {
    must: 'must be redis://host, redis+sentinel://host,host/master or redis+cluster://host,host (rediss for TLS)',
    why: portProblem,
    parse: (text) => (parseRedisUrl(text) ? text : undefined),
  };
}

export function mailUrl(): Parser<MailServer> {
  return {
    must: 'must be smtp://[user:password@]host[:port], or smtps://… for TLS from the first byte; the first without user may end in ?tls=opportunistic',
    why: portProblem,
    parse: parseMailUrl,
  };
}

export function mailSender(): Parser<MailSenderAddress> {
  return {
    must: 'must be set with MAIL_URL, to an address such as Acme <no-reply@acme.example>',
    parse: parseMailSender,
  };
}

/** A count of hops, or addresses and networks: what Fastify's `trustProxy` takes. */
export function trustedProxies(): Parser<number | string> {
  return {
    must: 'must be a number of hops, or comma-separated addresses and networks such as 127.0.0.1, 10.0.0.0/8',
    type: 'number | string',
    parse(text) {
      if (/^\d{1,2}$/.test(text)) return Number(text);
      const entries = splitList(text);
      return entries.length > 0 && entries.every(isAddressOrNetwork) ? entries.join(',') : undefined;
    },
  };
}

/** Addresses and networks. */
export function networks(): Parser<readonly string[]> {
  return list(
    'must be comma-separated addresses and networks such as 10.0.0.0/8, fd00::/8',
    isAddressOrNetwork,
  );
}

export function isOrigin(text: string): boolean {
  return parseUrl(text)?.origin === text;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isBare(url: URL | undefined): boolean {
  return url !== undefined && [url.search, url.hash, url.username, url.password].every((part) => part === '');
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? 0 : Number(/^\d{1,3}$/.exec(prefix)?.[0]);
  return rest.length === 0 && version !== 0 && bits <= (version === 4 ? 32 : 128);
}
