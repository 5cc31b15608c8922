import { Injectable } from '@nestjs/common';
import { RequestTokens } from '../../access/request-tokens.js';
import type { HttpRequest } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { CsrfProtection } from '../cookies/csrf-protection.js';

const SAFE_METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** By which gateways tell the method they were asked with: Traefik and Caddy, and the habit with nginx. */
const FORWARDED_METHOD_HEADERS = ['x-forwarded-method', 'x-original-method'] as const;

/** Where browsers hold the access token in a cookie, too. */
@Injectable()
export class BrowserRequestTokens extends RequestTokens {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
  ) {
    super();
  }

  override tokenOf(request: HttpRequest): string | undefined {
    return request.headers['authorization'] === undefined
      ? this.cookies.read(request, 'access')
      : super.tokenOf(request);
  }

  override isByCookie(request: HttpRequest): boolean {
    return (
      request.headers['authorization'] === undefined && this.cookies.read(request, 'access') !== undefined
    );
  }

  override refuseForgery(request: HttpRequest, caller: Principal): void {
    if (request.headers['authorization'] !== undefined || SAFE_METHODS.has(request.method)) return;
    this.check(request, caller);
  }

  override refuseForwardedForgery(request: HttpRequest, caller: Principal): void {
    if (request.headers['authorization'] !== undefined) return;
    const told = FORWARDED_METHOD_HEADERS.map((name) => request.headers[name]).filter(
      (method) => method !== undefined,
    );
    if (told.length > 0 && told.every((method) => SAFE_METHODS.has(method))) return;
    this.check(request, caller);
  }

  private check(request: HttpRequest, caller: Principal): void {
    if (!this.isByCookie(request)) return;
    this.csrf.checkSource(request, caller);
    this.csrf.checkToken(request, caller);
  }
}
