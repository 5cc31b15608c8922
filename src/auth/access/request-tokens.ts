import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { bearerTokenOf } from './bearer-token.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { CsrfProtection } from '../cookies/csrf-protection.js';

const SAFE_METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** By which gateways tell the method they were asked with: Traefik and Caddy, and the habit with nginx. */
const FORWARDED_METHOD_HEADERS = ['x-forwarded-method', 'x-original-method'] as const;

/** The one place that finds the access token of a request, for every entrance. */
@Injectable()
export class RequestTokens {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
  ) {}

  /**
   * That of the `Authorization` header; of the cookie only where there is no such header at all.
   * @throws SeveralAuthorizationsError if there are several such headers
   */
  tokenOf(request: HttpRequest): string | undefined {
    return request.headers['authorization'] === undefined
      ? this.cookies.read(request, 'access')
      : bearerTokenOf(request);
  }

  /** Whether the caller is known by a cookie, so that CSRF has to be ruled out. */
  isByCookie(request: HttpRequest): boolean {
    return (
      request.headers['authorization'] === undefined && this.cookies.read(request, 'access') !== undefined
    );
  }

  /** @throws CsrfRejectedError if a cookie alone would change something */
  refuseForgery(request: HttpRequest, caller: Principal): void {
    if (request.headers['authorization'] !== undefined || SAFE_METHODS.has(request.method)) return;
    this.check(request, caller);
  }

  /**
   * The same for what a gateway was asked. A method that it does not tell may be any. A client that lies about it harms only
   * itself: no other site can set these headers.
   * @throws CsrfRejectedError
   */
  refuseForwardedForgery(request: HttpRequest, caller: Principal): void {
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
