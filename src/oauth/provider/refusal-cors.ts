import type { IncomingMessage, ServerResponse } from 'node:http';
import { OAUTH_ROUTES } from './oauth-paths.js';

/** What pages ask by script. */
const READ_BY_SCRIPT: ReadonlySet<string> = new Set([
  OAUTH_ROUTES.token,
  OAUTH_ROUTES.pushed_authorization_request,
  OAUTH_ROUTES.device_authorization,
  OAUTH_ROUTES.introspection,
  OAUTH_ROUTES.revocation,
  OAUTH_ROUTES.userinfo,
]);
const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/**
 * Lets a page read a refusal that comes before its client is known, as the library does with all that comes so: there is
 * nothing in it of a client or a person, and cookies are not believed.
 */
export function letRefusalBeRead({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const [path = ''] = url.split('?', 1);
  if (!READ_BY_SCRIPT.has(path)) return;
  response.appendHeader('Vary', 'Origin');
  if (headers.origin === undefined || response.hasHeader(ALLOW_ORIGIN)) return;
  response.setHeader(ALLOW_ORIGIN, headers.origin);
  response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
}
