import { Injectable } from '@nestjs/common';
import { AuthCookies } from '../../auth/cookies/auth-cookies.js';
import { PASSWORD_CHANGE_SCOPE } from '../../access/password-change-scope.js';
import { OWN_CLIENT } from '../../common/principal.js';
import type { HttpRequest } from '../../common/client-info.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { isUnavailable } from './failures.js';

/** Who is signed in with a browser. */
export interface BrowserSession {
  /** The session's id. */
  readonly id: string;
  /** The user's id. */
  readonly subject: string;
  /** When the password was shown; milliseconds. */
  readonly authenticatedAt: number;
  /** How else the user showed who they are (RFC 8176). */
  readonly methods: readonly string[];
  /** Of the session. @see Authentication.era */
  readonly era: number | null;
}

/** People who are signed in by Latchkey's cookies. */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly verifier: AccessTokenVerifier,
    private readonly sessions: SessionsService,
  ) {}

  /** @returns undefined for a caller who is not signed in, or has to choose another password first */
  async of({ headers }: Pick<HttpRequest, 'headers'>): Promise<BrowserSession | undefined> {
    const token = this.cookies.read({ method: 'GET', url: '/', headers }, 'access');
    if (token === undefined) return undefined;
    try {
      const { subject, sessionId, clientId, scopes } = await this.verifier.authenticate(token);
      if (scopes.includes(PASSWORD_CHANGE_SCOPE) || clientId !== OWN_CLIENT) return undefined;
      const shown = await this.sessions.authenticationOf(sessionId, subject);
      if (!shown) return undefined;
      const { at: authenticatedAt, methods, era } = shown;
      return { id: sessionId, subject, authenticatedAt, methods, era };
    } catch (error) {
      if (isUnavailable(error)) throw error;
      return undefined;
    }
  }
}
