import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable, tap } from 'rxjs';
import type { HttpRequest } from '../../common/client-info.js';
import type { ErrorCode } from '../../common/errors/error-code.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { RefreshTokenCodec } from '../../tokens/sessions/refresh-token-codec.js';
import { RefreshTokenInvalidError } from '../../tokens/sessions/sessions.errors.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { refusedMode } from '../cookies/auth-mode.js';
import { CookieMode } from './cookie-mode.js';
import { CsrfProtection } from '../cookies/csrf-protection.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { holdsTokens, TokenCookies } from './token-cookies.js';

/** After these the cookies are of no more use. A refused forgery is not among them: it must not log the user out. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'REFRESH_TOKEN_INVALID',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
  'SESSION_ENDED',
  'ACCOUNT_DISABLED',
]);

interface RequestWithBody extends HttpRequest {
  body?: unknown;
}

/** In cookie mode, takes the refresh token from its cookie and puts the next one there. */
@Injectable()
export class CookieRefreshInterceptor implements NestInterceptor {
  constructor(
    private readonly mode: CookieMode,
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
    private readonly tokenCookies: TokenCookies,
    private readonly codec: RefreshTokenCodec,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<RequestWithBody>();
    if (!this.mode.isAskedFor(request)) return next.handle();
    const response = http.getResponse<CookieResponse>();
    // Interceptors run before the pipe that validates the body.
    request.body = { refreshToken: this.refreshTokenOf(request, response) };
    return next.handle().pipe(
      tap({
        error: (error: unknown) => {
          if (error instanceof LatchkeyError && FINAL.has(error.code)) this.cookies.clear(response);
        },
      }),
      map((body: unknown) => (holdsTokens(body) ? this.tokenCookies.deliver(response, body) : body)),
    );
  }

  private refreshTokenOf(request: RequestWithBody, response: CookieResponse): string {
    if (!isEmpty(request.body))
      throw refusedMode('cookie takes the refresh token from its cookie: send no body');
    const token = this.cookies.read(request, 'refresh');
    const content = token ? this.codec.decode(token) : undefined;
    if (!token || !content) {
      // Several, read as an empty text: what a neighbour host adds must not take away the page's own.
      if (token !== '') this.cookies.clear(response);
      throw new RefreshTokenInvalidError();
    }
    // Of this very session, so that a refresh token from elsewhere does not fit the page's own.
    this.csrf.checkToken(request, content);
    return token;
  }
}

function isEmpty(body: unknown): boolean {
  return body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
}
