import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { AuthCookies } from '../cookies/auth-cookies.js';
import { authModeOf, refusedMode } from '../cookies/auth-mode.js';
import { CsrfProtection } from '../cookies/csrf-protection.js';

/** Whether a client that is given tokens wants them in cookies, and may. */
@Injectable()
export class CookieMode {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
  ) {}

  /**
   * @throws LatchkeyError if there is no such mode, or none here
   * @throws CsrfRejectedError if another site asks: it must not log its visitors in, either
   */
  isAskedFor(request: HttpRequest): boolean {
    if (authModeOf(request) === 'bearer') return false;
    if (!this.cookies.available) throw refusedMode('cannot be cookie: PUBLIC_URL is http');
    this.csrf.checkSource(request);
    return true;
  }
}
