import { Injectable } from '../common/nest.js';
import type { HttpRequest } from '../common/client-info.js';
import type { Principal } from '../common/principal.js';
import { bearerTokenOf } from './bearer-token.js';

/** The one place that finds the access token of a request, for every entrance. A server with cookies reads them, too. */
@Injectable()
export class RequestTokens {
  /**
   * That of the `Authorization` header; where there is none at all, of the cookie.
   * @throws SeveralAuthorizationsError if there are several such headers
   */
  tokenOf(request: HttpRequest): string | undefined {
    return bearerTokenOf(request);
  }

  /** Whether the caller is known by a cookie, so that CSRF has to be ruled out. */
  isByCookie(_request: HttpRequest): boolean {
    return false;
  }

  /** @throws CsrfRejectedError if a cookie alone would change something */
  refuseForgery(_request: HttpRequest, _caller: Principal): void {}

  /**
   * The same for what a gateway was asked. A method that it does not tell may be any. A client that lies about it harms only
   * itself: no other site can set these headers.
   * @throws CsrfRejectedError
   */
  refuseForwardedForgery(_request: HttpRequest, _caller: Principal): void {}
}
