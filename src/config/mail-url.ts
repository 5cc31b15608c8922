import { isLoopback } from './loopback.js';

/** Where mails are handed over, as a `MAIL_URL` says it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
  /** Otherwise STARTTLS: nothing goes without; else only where it is offered. */
  readonly requireTls: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** `From` of every mail. */
export interface MailSenderAddress {
  /** Empty: the name of the service. */
  readonly name: string;
  readonly address: string;
}

/** Submission, plain (RFC 6409) and with TLS (RFC 8314). */
const DEFAULT_PORTS = { 'smtp:': 587, 'smtps:': 465 } as const;
const SENDER = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>|([^<>]+))$/u;
const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()[\]\\,;:"@]{1,255}$/u;

/** Links in mails are as good as passwords: an operator who wants to send them in the clear over a network must say so. */
const OPPORTUNISTIC = '?tls=opportunistic';

/**
 * Reads `smtp://[user:password@]host[:port]`, or `smtps://…` for TLS from the first byte. The first without user may end
 * in `?tls=opportunistic`.
 * @returns undefined if it is neither
 */
export function parseMailUrl(text: string): MailServer | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === '' || !(url.protocol in DEFAULT_PORTS)) return undefined;
  if (url.hash !== '' || !['', '/'].includes(url.pathname)) return undefined;
  const opportunistic = url.search !== '';
  if (opportunistic && !mayBeOpportunistic(url)) return undefined;
  const defaultPort = DEFAULT_PORTS[url.protocol as keyof typeof DEFAULT_PORTS];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    secure: url.protocol === 'smtps:',
    requireTls: url.protocol === 'smtp:' && !opportunistic && !isLoopback(url.hostname),
    user: decode(url.username),
    password: decode(url.password),
  };
}

function mayBeOpportunistic({ search, protocol, username }: URL): boolean {
  return search === OPPORTUNISTIC && protocol === 'smtp:' && username === '';
}

/**
 * Reads `Name <address>` or an address alone.
 * @returns undefined if it is neither
 */
export function parseMailSender(text: string): MailSenderAddress | undefined {
  const [, name = '', bracketed, bare] = SENDER.exec(text.trim()) ?? [];
  const address = bracketed ?? bare ?? '';
  return ADDRESS.test(address) ? { name: name.trim(), address } : undefined;
}

function decode(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
