import type { HttpRequest } from '../common/client-info.js';
import { SeveralAuthorizationsError } from './access.errors.js';

const BEARER = /^Bearer +([^ ]+) *$/i;
const NAME = 'authorization';

/**
 * The token of the `Authorization` header (RFC 6750 section 2.1), the only place it is taken from.
 * @returns undefined if there is no such header, or it is of another scheme
 * @throws SeveralAuthorizationsError if there are several: which one counts is not for us to choose, since what is before us
 * may have looked at another
 */
export function bearerTokenOf(request: HttpRequest): string | undefined {
  const authorization = authorizationOf(request);
  return authorization === undefined ? undefined : bearerTokenIn(authorization);
}

/** @returns the header, of whichever scheme. @throws SeveralAuthorizationsError if there are several */
export function authorizationOf(request: HttpRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  if (typeof authorization !== 'string' || isRepeated(request)) throw new SeveralAuthorizationsError();
  return authorization;
}

/** @returns the token of `Bearer <token>`; undefined: it is of another scheme */
export function bearerTokenIn(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

/** Node leaves out all but the first, and tells of them in the raw headers only. */
function isRepeated(request: HttpRequest): boolean {
  const headers = request.raw?.rawHeaders ?? request.rawHeaders ?? [];
  let found = 0;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name?.length === NAME.length && name.toLowerCase() === NAME) found += 1;
  }
  return found > 1;
}
