import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Measurements } from '../../common/measurements.js';
import { ClientQuotas } from '../../throttling/requests/client-quotas.js';
import { type Allowance, RateLimiter } from '../../throttling/requests/rate-limiter.js';
import { networkOf } from '../../throttling/network-of.js';
import { OAUTH_ROUTES, pathOf } from './oauth-paths.js';

/** What callers read of in `RateLimit` fields. */
export const SECRET_COUNTER = 'oauth-secret';
export const CLIENT_COUNTER = 'oauth-client';

/** How much is asked of the authorization server: by address, by client, and how often a secret is guessed. */
@Injectable()
export class EndpointLimits {
  constructor(
    private readonly quotas: ClientQuotas,
    private readonly limiter: RateLimiter,
    private readonly measurements: Measurements,
  ) {}

  /** One request of an address, each endpoint apart. @param url path and query */
  takeOfAddress(url: string, client: ClientInfo): Promise<Allowance> {
    return this.quotas.take({ name: 'oauth', counter: counterOf(url) }, client);
  }

  /** One request of a client that has proved to be it: others cannot spend its quota. */
  async takeOfClient(clientId: string): Promise<Allowance> {
    const allowance = await this.limiter.consume('oauthClient', CLIENT_COUNTER, clientId);
    if (!allowance.allowed) this.measurements.quotaSpent(CLIENT_COUNTER);
    return allowance;
  }

  /** Whether this address has guessed at secrets of the client too often, so that no other is looked at. */
  hasGuessedTooOften(clientId: string, client: ClientInfo): Allowance | undefined {
    return this.limiter.spent('oauthSecret', SECRET_COUNTER, guesserOf(clientId, client));
  }

  /**
   * Whether half of the quota is used: from then on each secret is counted before it is looked at, the right one, too, so that
   * instances that are asked at once do not look at more than the quota.
   */
  isGuessedAt(clientId: string, client: ClientInfo): boolean {
    return this.limiter.isHalfSpent('oauthSecret', SECRET_COUNTER, guesserOf(clientId, client));
  }

  /** A wrong secret: other addresses of the client are not concerned. */
  async takeGuess(clientId: string, client: ClientInfo): Promise<Allowance> {
    const allowance = await this.limiter.consume('oauthSecret', SECRET_COUNTER, guesserOf(clientId, client));
    if (!allowance.allowed) this.measurements.quotaSpent(SECRET_COUNTER);
    return allowance;
  }
}

function guesserOf(clientId: string, { ip }: ClientInfo): string {
  return `${clientId}:${networkOf(ip ?? 'unknown')}`;
}

/** `oauth-token`, `oauth-authorize` …; where an interaction goes on counts with that. */
export function counterOf(url: string): string {
  const path = pathOf(url);
  const known = Object.values(OAUTH_ROUTES).find((route) => path === route || path.startsWith(`${route}/`));
  return known ? `oauth-${known.split('/').at(-1)}` : 'oauth';
}
