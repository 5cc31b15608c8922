import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { Allowance } from '../../throttling/requests/rate-limiter.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { CLIENT_COUNTER, EndpointLimits, SECRET_COUNTER } from './endpoint-limits.js';

/** A quota that is spent, and its counter. */
export interface SpentQuota {
  readonly counter: typeof CLIENT_COUNTER | typeof SECRET_COUNTER;
  readonly allowance: Allowance;
}

/** Whether a secret is right; a spent quota says that the request is refused, and nothing of the secret. */
export type SecretVerdict = 'right' | 'wrong' | SpentQuota;

/** Looks at secrets of clients no oftener than their quotas allow, and lets clients that are known ask no more than theirs. */
@Injectable()
export class ClientAdmission {
  constructor(
    private readonly limits: EndpointLimits,
    private readonly clients: OAuthClients,
  ) {}

  /** @param from who presents it */
  async bySecret(clientId: string, secret: string, from: ClientInfo): Promise<SecretVerdict> {
    const isRight = await this.clients.secretTest(clientId);
    // From here to the count nothing is awaited: guesses at once are compared one after the other, each after those before are counted.
    const spent = this.limits.hasGuessedTooOften(clientId, from);
    if (spent) return { counter: SECRET_COUNTER, allowance: spent };
    const isCountedFirst = this.limits.isGuessedAt(clientId, from);
    const before = isCountedFirst ? await this.takeGuess(clientId, from) : undefined;
    if (before) return before;
    if (isRight(secret)) return (await this.take(clientId)) ?? 'right';
    const after = isCountedFirst ? undefined : await this.takeGuess(clientId, from);
    return after ?? 'wrong';
  }

  /** One request of a client that has shown who it is. @returns undefined if it may go on */
  async take(clientId: string): Promise<SpentQuota | undefined> {
    const allowance = await this.limits.takeOfClient(clientId);
    return allowance.allowed ? undefined : { counter: CLIENT_COUNTER, allowance };
  }

  private async takeGuess(clientId: string, from: ClientInfo): Promise<SpentQuota | undefined> {
    const allowance = await this.limits.takeGuess(clientId, from);
    return allowance.allowed ? undefined : { counter: SECRET_COUNTER, allowance };
  }
}
