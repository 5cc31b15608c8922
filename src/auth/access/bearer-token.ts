import type { HttpRequest } from '../../common/client-info.js';

const BEARER = /^Bearer +([^ ]+) *$/i;

/**
 * The token of the `Authorization` header (RFC 6750 section 2.1), the only place it is taken from.
 * @returns undefined if there is no such header, or it is of another scheme
 */
export function bearerTokenOf(request: HttpRequest): string | undefined {
  const { authorization } = request.headers;
  return typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
}
