import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { AppConfig, HttpConfig } from '../../config/config.js';
import { ApiPaths } from './api-paths.js';
import { Cookie } from './cookie.js';
import { cookieSecurityOf } from './cookie-security.js';
import { type CookieResponse, setCookies } from './set-cookies.js';

type CookieKind = 'access' | 'refresh' | 'csrf';

/** The value, and the seconds a browser is to keep it. */
export interface CookieValue {
  readonly value: string;
  readonly maxAge: number;
}

/** The only route that is sent the refresh token. */
const REFRESH_ROUTE = 'auth/refresh';

/** The cookies that browsers hold instead of tokens: their names, their attributes, reading and writing them. */
@Injectable()
export class AuthCookies {
  /** Whether there can be any: not in production over http. */
  readonly available: boolean;
  private readonly kinds: Readonly<Record<CookieKind, Cookie>>;

  constructor(app: AppConfig, http: HttpConfig, paths: ApiPaths) {
    const security = cookieSecurityOf(app, http);
    this.available = security !== 'none';
    const secure = security === 'secure';
    const [host, onPath] = secure ? ['__Host-', '__Secure-'] : ['', ''];
    const hidden = { httpOnly: true, secure };
    const site = () => '/';
    const path = () => paths.of(REFRESH_ROUTE);
    this.kinds = {
      // Lax, so that a link from elsewhere finds the user signed in; what changes anything needs more than a cookie.
      access: new Cookie(`${host}latchkey_access`, { path: site, ...hidden, sameSite: 'lax' }),
      refresh: new Cookie(`${onPath}latchkey_refresh`, { path, ...hidden, sameSite: 'strict' }),
      // For scripts to read: worth nothing without the others.
      csrf: new Cookie(`${host}latchkey_csrf`, { path: site, secure, sameSite: 'strict' }),
    };
  }

  nameOf(kind: CookieKind): string {
    return this.kinds[kind].name;
  }

  /**
   * @returns undefined if there is none; an empty text, which is no token, if there are several: another host of the same
   * domain may have set one of them
   */
  read(request: HttpRequest, kind: CookieKind): string | undefined {
    const [value, ...others] = this.available ? this.kinds[kind].valuesIn(request) : [];
    return others.length > 0 ? '' : value;
  }

  write(response: CookieResponse, cookies: Readonly<Record<CookieKind, CookieValue>>): void {
    setCookies(response, [
      this.line('access', cookies.access),
      this.line('refresh', cookies.refresh),
      this.line('csrf', cookies.csrf),
    ]);
  }

  clear(response: CookieResponse): void {
    const none = { value: '', maxAge: 0 };
    this.write(response, { access: none, refresh: none, csrf: none });
  }

  private line(kind: CookieKind, { value, maxAge }: CookieValue): string {
    return this.kinds[kind].line(value, maxAge);
  }
}
