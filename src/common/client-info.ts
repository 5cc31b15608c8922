import { clientAddressOf } from './client-address.js';

/** Where a request comes from, as far as the trusted proxies let us know. */
export interface ClientInfo {
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** `Accept-Language` as sent. */
  readonly language: string | null;
  /** Names the request in logs and in the audit log. */
  readonly requestId: string | null;
  /** Aborted once the connection is closed before the answer; only of what waits long (`WaitingClient`). */
  readonly gone?: AbortSignal;
}

/** The part of a socket that says when it is closed. */
export interface ClosingConnection {
  once?(event: 'close', listener: () => void): unknown;
  off?(event: 'close', listener: () => void): unknown;
}

/** The part of a request that Express and Fastify share. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Before a router took its prefix away. */
  readonly originalUrl?: string;
  readonly id?: unknown;
  /** Of Fastify. */
  readonly routeOptions?: { readonly url?: string | undefined };
  /** Of Express. */
  readonly route?: { readonly path?: string | undefined };
  readonly ip?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined } & ClosingConnection;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of Express: names and values by turns, as they came. */
  readonly rawHeaders?: readonly string[];
  /** Of Fastify. */
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}

/** The part of a response that Express and Fastify share. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

/** What is stored of a header. */
const HEADER_MAX_LENGTH = 256;

/** Whose request it is. @returns the client's address, and what it says of itself, cut to what is stored */
export function clientInfoOf(request: HttpRequest): ClientInfo {
  return {
    ip: clientAddressOf(request),
    userAgent: headerOf(request, 'user-agent'),
    language: headerOf(request, 'accept-language'),
    requestId: typeof request.id === 'string' ? request.id : null,
  };
}

function headerOf({ headers }: HttpRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value.slice(0, HEADER_MAX_LENGTH) : null;
}
