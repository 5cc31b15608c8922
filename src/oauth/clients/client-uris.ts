import type { ClientSettings } from './oauth-client.js';

export const URI_MAX_LENGTH = 1000;

/** What may be written in a URI (RFC 3986), without `*`, which looks like a pattern and is none. */
const URI = /^[a-z][a-z0-9+.-]*:[\w.~:/?[\]@!$&'()+,;=%-]+$/i;
/** Written so, and not in one of the other forms that browsers read as the same. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?(?=[/?]|$)/;
const LOCALHOST = /^http:\/\/localhost(:\d{1,5})?(?=[/?]|$)/;
/** Of a domain that the application's makers have, reversed (RFC 8252 section 7.1). */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/;

/** @returns why users may not be sent there, to follow the name of the field; undefined if they may */
export function redirectUriProblem(uri: string, type: ClientSettings['type']): string | undefined {
  const problem = uriProblem(uri);
  if (problem !== undefined) return problem;
  if (isHttps(uri) || LOOPBACK.test(uri) || PRIVATE_USE.test(uri)) return undefined;
  if (LOCALHOST.test(uri))
    return type === 'public'
      ? undefined
      : 'must use http with 127.0.0.1 or [::1] only: localhost is for public clients';
  return 'must be https, http on 127.0.0.1 or [::1], or of a scheme of its own with a dot, as com.example.app:/callback';
}

/** The same of an address that this server or a browser asks at logout. */
export function logoutUriProblem(uri: string): string | undefined {
  const problem = uriProblem(uri);
  if (problem !== undefined) return problem;
  return isHttps(uri) || LOOPBACK.test(uri) || LOCALHOST.test(uri)
    ? undefined
    : 'must be https, or http on this machine';
}

/** The same of a resource that tokens are for (RFC 8707 section 2). */
export function audienceProblem(uri: string): string | undefined {
  return URI.test(uri) && URL.canParse(uri) ? undefined : 'must be absolute URIs without fragment';
}

/** The same of an origin (RFC 6454). */
export function originProblem(origin: string): string | undefined {
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin;
  return isOrigin && (origin.startsWith('https://') || LOOPBACK.test(origin) || LOCALHOST.test(origin))
    ? undefined
    : 'must be origins such as https://app.example.com, https or on this machine';
}

function isHttps(uri: string): boolean {
  return /^https:\/\/[^/?]/.test(uri);
}

function uriProblem(uri: string): string | undefined {
  if (!URI.test(uri) || !URL.canParse(uri)) return 'must be absolute URIs, without fragment and wildcard';
  const { href, username, password } = new URL(uri);
  if (username !== '' || password !== '' || /^https?:\/\/[^/?]*@/.test(uri)) return 'must hold no user name';
  return href === uri || href === `${uri}/` || (href.includes('/?') && href.replace('/?', '?') === uri)
    ? undefined
    : 'must be in normal form: small letters in scheme and host, no default port, no dot segments';
}
