import { Injectable } from '@nestjs/common';
import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { HttpRequest } from '../../common/client-info.js';
import { AppConfig, HttpConfig } from '../../config/slices.js';
import { cookieSecurityOf } from './cookie-security.js';
import { type CookieResponse, setCookies } from './set-cookies.js';

type CookieKind = 'access' | 'refresh' | 'csrf';
type Attributes = Omit<SetCookie, 'name' | 'value' | 'maxAge'> & { readonly name: string };

/** The value, and the seconds a browser is to keep it. */
export interface CookieValue {
  readonly value: string;
  readonly maxAge: number;
}

/** The only route that is sent the refresh token. */
const REFRESH_PATH = '/api/auth/refresh';

/** The cookies that browsers hold instead of tokens: their names, their attributes, reading and writing them. */
@Injectable()
export class AuthCookies {
  /** Whether there can be any: not in production over http. */
  readonly available: boolean;
  private readonly kinds: Readonly<Record<CookieKind, Attributes>>;
  private readonly repeated: Readonly<Record<CookieKind, RegExp>>;

  constructor(app: AppConfig, http: HttpConfig) {
    const security = cookieSecurityOf(app, http);
    this.available = security !== 'none';
    const secure = security === 'secure';
    const [host, onPath] = secure ? ['__Host-', '__Secure-'] : ['', ''];
    const refreshPath = new URL(http.publicUrl).pathname.replace(/\/$/, '') + REFRESH_PATH;
    this.kinds = {
      // Lax, so that a link from elsewhere finds the user signed in; what changes anything needs more than a cookie.
      access: { name: `${host}latchkey_access`, path: '/', httpOnly: true, secure, sameSite: 'lax' },
      refresh: {
        name: `${onPath}latchkey_refresh`,
        path: refreshPath,
        httpOnly: true,
        secure,
        sameSite: 'strict',
      },
      // For scripts to read: worth nothing without the others.
      csrf: { name: `${host}latchkey_csrf`, path: '/', secure, sameSite: 'strict' },
    };
    const repeated = ({ name }: Attributes) =>
      new RegExp(`(?:^|;)[ \\t]*${name}[ \\t]*=.*;[ \\t]*${name}[ \\t]*=`);
    this.repeated = {
      access: repeated(this.kinds.access),
      refresh: repeated(this.kinds.refresh),
      csrf: repeated(this.kinds.csrf),
    };
  }

  nameOf(kind: CookieKind): string {
    return this.kinds[kind].name;
  }

  /**
   * @returns undefined if there is none; an empty text, which is no token, if there are several: another host of the same
   * domain may have set one of them
   */
  read({ headers: { cookie } }: HttpRequest, kind: CookieKind): string | undefined {
    if (!this.available || typeof cookie !== 'string') return undefined;
    const value = parseCookie(cookie, { decode: (text) => text })[this.nameOf(kind)];
    return value !== undefined && this.repeated[kind].test(cookie) ? '' : value;
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
    return stringifySetCookie({ ...this.kinds[kind], value, maxAge });
  }
}
