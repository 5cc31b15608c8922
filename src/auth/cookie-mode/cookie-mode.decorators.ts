import { applyDecorators, type Type, UseInterceptors } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { SignedInModel, TokenPairModel } from '../sign-in/token-pair.model.js';
import { AUTH_MODE_HEADER, AUTH_MODES } from '../cookies/auth-mode.js';
import { CookieModeInterceptor } from './cookie-mode.interceptor.js';
import { CookieSignedInModel, CookieTokensModel } from './cookie-mode.models.js';
import { CookieRefreshInterceptor } from './cookie-refresh.interceptor.js';
import { EndsSessionInterceptor } from './ends-session.interceptor.js';

/** A route that opens a session; with `X-Auth-Mode: cookie` the tokens go into cookies. */
export function OpensSession(status: number): MethodDecorator {
  return applyDecorators(
    UseInterceptors(CookieModeInterceptor),
    ApiTokens(status, SignedInModel, CookieSignedInModel),
  );
}

/** A route that rotates the refresh token of its body; with `X-Auth-Mode: cookie` that of the cookie. */
export function RotatesSession(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(CookieRefreshInterceptor),
    ApiTokens(200, TokenPairModel, CookieTokensModel),
  );
}

/** A route that ends the caller's session: their cookies are cleared. With `:id` in its path, only if that is the one. */
export function EndsSession(): MethodDecorator {
  return UseInterceptors(EndsSessionInterceptor);
}

function ApiTokens(status: number, inBody: Type, inCookies: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(inBody, inCookies),
    ApiHeader({
      name: AUTH_MODE_HEADER,
      required: false,
      description:
        '`cookie`, for browsers: the tokens come in `HttpOnly` cookies, and the body has a `csrfToken` in their place.',
      schema: { type: 'string', enum: [...AUTH_MODES], default: 'bearer' },
    }),
    ApiResponse({
      status,
      description: 'The tokens; with `X-Auth-Mode: cookie`, what is beside them.',
      schema: { oneOf: [inBody, inCookies].map((model) => ({ $ref: getSchemaPath(model) })) },
      headers: {
        'Set-Cookie': {
          description: 'Only with `X-Auth-Mode: cookie`: access token, refresh token, CSRF token.',
          schema: { type: 'string' },
        },
      },
    }),
  );
}
