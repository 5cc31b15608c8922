import type { CookieJar } from '../support/cookie-jar.js';

/** What a browser does with cookies, and says of where a request comes from. */
export function browserFetch(jar: CookieJar, page: string, send: typeof fetch = fetch): typeof fetch {
  return async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('origin', page);
    headers.set('sec-fetch-site', 'same-site');
    const cookie = jar.headerFor(new URL(new Request(input).url).pathname);
    if (init.credentials === 'include' && cookie) headers.set('cookie', cookie);
    const response = await send(input, { ...init, headers });
    jar.keep(response.headers);
    return response;
  };
}
