import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import type { AuthenticatedRequest } from '../../access/authenticated-request.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { RequestTokens } from '../../access/request-tokens.js';
import type { CookieResponse } from '../cookies/set-cookies.js';

interface RequestWithId extends AuthenticatedRequest {
  readonly params?: { readonly id?: string };
}

/** Clears the cookies of a caller whose session a route has ended. With `:id` in its path, only if that is the one. */
@Injectable()
export class EndsSessionInterceptor implements NestInterceptor {
  constructor(
    private readonly tokens: RequestTokens,
    private readonly cookies: AuthCookies,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<RequestWithId>();
    if (!this.tokens.isByCookie(request)) return next.handle();
    return next.handle().pipe(
      tap(() => {
        const { params, user } = request;
        const isOther = params?.id !== undefined && params.id.toLowerCase() !== user?.sessionId;
        if (!isOther) this.cookies.clear(http.getResponse<CookieResponse>());
      }),
    );
  }
}
