import { Injectable, Logger } from '@nestjs/common';
import { RefusalLog } from '../../audit/refusal-log.js';
import { clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { logEntry } from '../../common/log-entry.js';
import type { Principal } from '../../common/principal.js';
import { routeOf } from '../../common/route-of.js';
import { HttpConfig } from '../../config/config.js';
import { networkOf } from '../../throttling/network-of.js';
import { CsrfTokens } from './csrf-tokens.js';

export const CSRF_HEADER = 'X-CSRF-Token';

/** What browsers may say of where a request comes from (Fetch Metadata). `none`: from the user, not from a page. */
const OWN_SITE: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'same-site', 'none']);

/** A page that tries again and again is recorded and logged once in so long. Milliseconds. */
const QUIET = 60_000;

/** In whose name the request is made, as far as that is known. */
type Victim = Pick<Principal, 'sessionId'> & Partial<Pick<Principal, 'subject'>>;

class CsrfRejectedError extends LatchkeyError {
  constructor(message: string) {
    super('CSRF_REJECTED', message);
  }
}

/**
 * Whether a request with cookies was made by a page that may use them, and not by another site in the user's name. Cookies
 * come along whichever page asks; the origin and the token do not.
 */
@Injectable()
export class CsrfProtection {
  private readonly logger = new Logger('Csrf');
  private readonly origins: ReadonlySet<string>;

  constructor(
    private readonly tokens: CsrfTokens,
    private readonly refusals: RefusalLog,
    { publicUrl, corsOrigins }: HttpConfig,
  ) {
    this.origins = new Set([new URL(publicUrl).origin, ...corsOrigins]);
  }

  /** @throws CsrfRejectedError unless it comes from our own origin or one that `CORS_ORIGINS` names */
  checkSource(request: HttpRequest, victim?: Victim): void {
    const { headers } = request;
    const origin = headers['origin'] ?? originOf(headers['referer']);
    if (OWN_SITE.has(headers['sec-fetch-site']) && this.origins.has(String(origin))) return;
    this.record(request, 'foreign_source', victim);
    throw new CsrfRejectedError(
      'Cookies are only for pages of PUBLIC_URL and of CORS_ORIGINS, on the same site.',
    );
  }

  /** @throws CsrfRejectedError unless it shows the session's own token */
  checkToken(request: HttpRequest, victim: Victim): void {
    const token = request.headers['x-csrf-token'];
    if (typeof token === 'string' && this.tokens.isFor(victim.sessionId, token)) return;
    this.record(request, 'wrong_token', victim);
    throw new CsrfRejectedError(`Send the csrfToken of this session in the header ${CSRF_HEADER}.`);
  }

  private record(request: HttpRequest, reason: string, victim?: Victim): void {
    const client = clientInfoOf(request);
    const { subject = null, sessionId = null } = victim ?? {};
    if (
      !this.refusals.shouldReport(`csrf ${reason} ${sessionId ?? networkOf(client.ip ?? 'unknown')}`, QUIET)
    )
      return;
    this.logger.warn(logEntry(`403 ${request.method} ${routeOf(request)}: refused (${reason}).`, client));
    this.refusals.record(client, () => ({
      type: 'csrf.rejected',
      outcome: 'failure',
      actor: { kind: 'anonymous' },
      subject,
      sessionId,
      client,
      details: { reason },
    }));
  }
}

function originOf(referer: string | string[] | undefined): string | undefined {
  return typeof referer === 'string' && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
