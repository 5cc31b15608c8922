import { Injectable } from '@nestjs/common';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { AccessTokenVerifier } from '../../tokens/access/access-token-verifier.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { CsrfTokens } from '../cookies/csrf-tokens.js';

/** The session whose cookies are about to be replaced: no caller could use it or end it any more. */
@Injectable()
export class PreviousSession {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly verifier: AccessTokenVerifier,
    private readonly csrf: CsrfTokens,
    private readonly sessions: SessionsService,
  ) {}

  async end(request: HttpRequest): Promise<void> {
    const sessionId = this.ofAccessCookie(request) ?? this.ofCsrfCookie(request);
    if (sessionId === undefined) return;
    const subject = (await this.sessions.find(sessionId))?.subject;
    if (subject === undefined) return;
    await this.sessions.end({ subject, only: sessionId, reason: 'logout', client: clientInfoOf(request) });
  }

  private ofAccessCookie(request: HttpRequest): string | undefined {
    const token = this.cookies.read(request, 'access');
    try {
      return token === undefined ? undefined : this.verifier.verify(token).sessionId;
    } catch {
      return undefined;
    }
  }

  /** Which outlives the access cookie, and names the session under a MAC. */
  private ofCsrfCookie(request: HttpRequest): string | undefined {
    const token = this.cookies.read(request, 'csrf');
    return token === undefined ? undefined : this.csrf.sessionOf(token);
  }
}
