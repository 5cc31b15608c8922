import { Injectable } from '@nestjs/common';
import type { TokenPair } from '../sign-in/token-pair-issuer.js';
import { TOKEN_SESSION } from '../sign-in/token-session.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { CsrfTokens } from '../cookies/csrf-tokens.js';
import type { CookieResponse } from '../cookies/set-cookies.js';

type InCookies<Body extends TokenPair> = Omit<Body, 'accessToken' | 'refreshToken'> & {
  readonly csrfToken: string;
};

/** Moves the tokens of an answer from its body into cookies. */
@Injectable()
export class TokenCookies {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfTokens,
  ) {}

  /** @returns what is left of the body, and the CSRF token */
  deliver<Body extends TokenPair>(response: CookieResponse, body: Body): InCookies<Body> {
    const { accessToken, refreshToken, ...rest } = body;
    const { id, idleSeconds } = body[TOKEN_SESSION];
    const csrfToken = this.csrf.issue(id);
    this.cookies.write(response, {
      access: { value: accessToken, maxAge: body.expiresIn },
      refresh: { value: refreshToken, maxAge: idleSeconds },
      csrf: { value: csrfToken, maxAge: idleSeconds },
    });
    return { ...rest, csrfToken };
  }
}

/** Whether an answer holds tokens; registration may answer without. */
export function holdsTokens(body: unknown): body is TokenPair {
  return typeof body === 'object' && body !== null && TOKEN_SESSION in body;
}
