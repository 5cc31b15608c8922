import type { HttpRequest } from '../../common/client-info.js';
import { authorizationOf } from '../bearer-token.js';

/** A call whose sender claims to have the key that its token is bound to (RFC 9449 section 7). */
export interface DpopCall {
  /** Of `Authorization: DPoP <token>`. */
  readonly token: string;
  /** Of the header `DPoP`; undefined: there is none. */
  readonly proof: string | undefined;
  /** `htm`. */
  readonly method: string;
  /** A path below the public address of the service, or an absolute URL. */
  readonly url: string;
  /** What lives as long as the call: its proof is checked once. */
  readonly carrier: object;
}

const DPOP = /^DPoP +([^ ]+) *$/i;

/**
 * @returns undefined if the request has no such `Authorization` header
 * @throws SeveralAuthorizationsError if there are several
 */
export function dpopCallOf(request: HttpRequest): DpopCall | undefined {
  const { authorization } = request.headers;
  // Nearly all are of bearers, and are to lose no time here.
  if (typeof authorization !== 'string' || (authorization.charCodeAt(0) | 32) !== 100) return undefined;
  const token = dpopTokenIn(authorizationOf(request) ?? '');
  if (token === undefined) return undefined;
  const { dpop } = request.headers;
  const { method, url, originalUrl = url } = request;
  return {
    token,
    proof: typeof dpop === 'string' ? dpop : undefined,
    method,
    url: originalUrl,
    carrier: request,
  };
}

/** @returns the token of `DPoP <token>`; undefined: it is of another scheme */
export function dpopTokenIn(authorization: string): string | undefined {
  return DPOP.exec(authorization)?.[1];
}
