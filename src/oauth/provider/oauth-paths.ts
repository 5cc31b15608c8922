/** Where the endpoints are, below the path of the issuer. */
export const OAUTH_ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  pushed_authorization_request: '/oauth/par',
  device_authorization: '/oauth/device_authorization',
  code_verification: '/oauth/device',
  userinfo: '/oauth/userinfo',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  end_session: '/oauth/logout',
  registration: '/oauth/register',
  jwks: '/.well-known/jwks.json',
} as const;

/** What the library answers; keys and metadata are published by `WellKnownModule`, and `/oauth/device` is a page of the account. */
const ANSWERED = /^\/oauth\/(?!device([/?]|$))[\w./-]+(\?|$)/;

/** @param url path and query, as the application has it */
export function isOfAuthorizationServer(url: string): boolean {
  return ANSWERED.test(url) && templateOf(url) !== undefined;
}

/** Below an endpoint: where the library leads browsers within a flow. */
const STEPS = [`${OAUTH_ROUTES.end_session}/confirm`, `${OAUTH_ROUTES.end_session}/success`];
const ENDPOINTS: ReadonlySet<string> = new Set([...Object.values(OAUTH_ROUTES), ...STEPS]);
const RESUMED = /^\/oauth\/authorize\/[^/]+$/;

/** The path as the library's router takes it, which heeds neither case nor a slash at the end. @param url as above */
export function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path.toLowerCase().replace(/\/$/, '');
}

/** The route of an address, for logs and metrics. @param url as above @returns undefined if there is none */
export function templateOf(url: string): string | undefined {
  const path = pathOf(url);
  if (ENDPOINTS.has(path)) return path;
  return RESUMED.test(path) ? `${OAUTH_ROUTES.authorization}/:uid` : undefined;
}

/** The same, for what is to be read. @param url as above */
export function routeOf(url: string): string {
  return templateOf(url) ?? '(no route)';
}
