import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { concatMap, type Observable } from 'rxjs';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { AuthCookies } from './auth-cookies.js';
import { authModeOf, refusedMode } from './auth-mode.js';
import { CsrfProtection } from './csrf-protection.js';
import type { CookieResponse } from './set-cookies.js';
import { holdsTokens, TokenCookies } from './token-cookies.js';

/** On a route that opens a session: whoever asks for cookies gets them instead of tokens in the body. */
@Injectable()
export class CookieModeInterceptor implements NestInterceptor {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
    private readonly tokenCookies: TokenCookies,
    private readonly verifier: AccessTokenVerifier,
    private readonly sessions: SessionsService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    if (authModeOf(request) === 'bearer') return next.handle();
    if (!this.cookies.available) throw refusedMode('cannot be cookie: PUBLIC_URL is http');
    // There is no session yet whose token could be asked for; another site must not log its visitors in, either.
    this.csrf.checkSource(request);
    return next.handle().pipe(
      concatMap(async (body: unknown) => {
        if (!holdsTokens(body)) return body;
        await this.endPrevious(request);
        return this.tokenCookies.deliver(http.getResponse<CookieResponse>(), body);
      }),
    );
  }

  /** The session whose cookies are about to be replaced: nobody could use it or end it any more. */
  private async endPrevious(request: HttpRequest): Promise<void> {
    const previous = this.callerBefore(request);
    if (!previous) return;
    try {
      await this.sessions.end(previous.sessionId, previous.subject, 'logout', clientInfoOf(request));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  private callerBefore(request: HttpRequest): Principal | undefined {
    const token = this.cookies.read(request, 'access');
    try {
      return token === undefined ? undefined : this.verifier.verify(token);
    } catch {
      return undefined;
    }
  }
}
