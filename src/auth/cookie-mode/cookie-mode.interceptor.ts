import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { concatMap, type Observable } from 'rxjs';
import type { HttpRequest } from '../../common/client-info.js';
import { CookieMode } from './cookie-mode.js';
import { PreviousSession } from './previous-session.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { holdsTokens, TokenCookies } from './token-cookies.js';

/** On a route that opens a session: a caller who asks for cookies gets them instead of tokens in the body. */
@Injectable()
export class CookieModeInterceptor implements NestInterceptor {
  constructor(
    private readonly mode: CookieMode,
    private readonly previous: PreviousSession,
    private readonly tokenCookies: TokenCookies,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    if (!this.mode.isAskedFor(request)) return next.handle();
    return next.handle().pipe(
      concatMap(async (body: unknown) => {
        if (!holdsTokens(body)) return body;
        await this.previous.end(request);
        return this.tokenCookies.deliver(http.getResponse<CookieResponse>(), body);
      }),
    );
  }
}
