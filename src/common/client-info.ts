import { clientAddressOf } from './client-address.js';

/** Where a request comes from, as far as the trusted proxies let us know. */
export interface ClientInfo {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** The part of a request that Express and Fastify share. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly ip?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The part of a response that Express and Fastify share. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
}

const USER_AGENT_MAX_LENGTH = 256;

/** @returns the client's address and user agent, cut to what is stored */
export function clientInfoOf(request: HttpRequest): ClientInfo {
  const userAgent = request.headers['user-agent'];
  return {
    ip: clientAddressOf(request),
    userAgent: typeof userAgent === 'string' ? userAgent.slice(0, USER_AGENT_MAX_LENGTH) : null,
  };
}
