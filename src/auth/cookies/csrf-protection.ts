import { Injectable, Logger } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { HttpConfig } from '../../config/slices.js';
import { CsrfTokens } from './csrf-tokens.js';

export const CSRF_HEADER = 'X-CSRF-Token';

/** What browsers may say of where a request comes from (Fetch Metadata). `none`: from the user, not from a page. */
const OWN_SITE: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'same-site', 'none']);

class CsrfRejectedError extends LatchkeyError {
  constructor(message: string) {
    super('CSRF_REJECTED', message);
  }
}

/**
 * Whether a request with cookies was made by a page that may use them, and not by another site in the user's name. Cookies
 * come along whoever asks; the origin and the token do not.
 */
@Injectable()
export class CsrfProtection {
  private readonly logger = new Logger('Csrf');
  private readonly origins: ReadonlySet<string>;

  constructor(
    private readonly tokens: CsrfTokens,
    { publicUrl, corsOrigins }: HttpConfig,
  ) {
    this.origins = new Set([new URL(publicUrl).origin, ...corsOrigins]);
  }

  /** @throws CsrfRejectedError unless it comes from our own origin or one that `CORS_ORIGINS` names */
  checkSource(request: HttpRequest): void {
    const { headers } = request;
    const origin = headers['origin'] ?? originOf(headers['referer']);
    if (OWN_SITE.has(headers['sec-fetch-site']) && this.origins.has(String(origin))) return;
    this.refuse(request, 'Cookies are only for pages of PUBLIC_URL and of CORS_ORIGINS, on the same site.');
  }

  /** @throws CsrfRejectedError unless it shows the session's own token */
  checkToken(request: HttpRequest, sessionId: string): void {
    const token = request.headers['x-csrf-token'];
    if (typeof token === 'string' && this.tokens.isFor(sessionId, token)) return;
    this.refuse(request, `Send the csrfToken of this session in the header ${CSRF_HEADER}.`);
  }

  private refuse({ method, url }: HttpRequest, message: string): never {
    this.logger.warn(`403 ${method} ${url.split('?', 1)[0] ?? ''}: ${message}`);
    throw new CsrfRejectedError(message);
  }
}

function originOf(referer: string | string[] | undefined): string | undefined {
  return typeof referer === 'string' && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
