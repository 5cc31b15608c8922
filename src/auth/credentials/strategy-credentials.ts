import { Injectable, Logger } from '@nestjs/common';
import { RequestCredentials } from '../../access/request-credentials.js';
import { type ClientInfo, clientInfoOf, type HttpRequest } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../common/principal.js';
import { CredentialFailures } from './credential-failures.js';
import { askedInTime } from './asked-in-time.js';
import { CredentialInvalidError } from './credential.errors.js';
import { CredentialStrategy, type IdentifiedCaller, strategiesIn } from './credential-strategy.js';
import { checkClaims, checkNames, checkSubject } from './identified-caller.js';
import { KeyedUsers } from './keyed-users.js';

/** Knows callers by credentials of a team's own. */
@Injectable()
export class StrategyCredentials extends RequestCredentials {
  private readonly logger = new Logger('Credentials');
  /** Those that know callers. */
  readonly strategies: readonly CredentialStrategy[];

  constructor(
    strategy: CredentialStrategy,
    private readonly failures: CredentialFailures,
    private readonly users: KeyedUsers,
    private readonly clock: Clock,
  ) {
    super();
    this.strategies = strategiesIn(strategy).filter((one) => one.identify !== undefined);
  }

  override async identify(request: HttpRequest, names: readonly string[]): Promise<Principal | undefined> {
    const client = clientInfoOf(request);
    for (const strategy of this.strategies) {
      if (names.length > 0 && !names.includes(strategy.name)) continue;
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order, until one knows it
      const principal = await this.ask(strategy, request, client);
      if (principal) return principal;
    }
    return undefined;
  }

  private async ask(
    strategy: CredentialStrategy,
    request: HttpRequest,
    client: ClientInfo,
  ): Promise<Principal | undefined> {
    const { name } = strategy;
    this.failures.refuseSpent(client);
    const principal = await askedInTime(name, this.logger, async (signal) => {
      const decision = await strategy.identify?.({ request, client, signal });
      if (decision?.outcome === 'accept') return this.principalOf(name, decision.caller);
      if (decision?.outcome === 'reject' || decision?.outcome === 'not-mine') return decision.outcome;
      // What a strategy that is written in JavaScript may say.
      throw new TypeError('it said neither accept nor reject nor not-mine');
    });
    if (principal === 'not-mine') return undefined;
    if (principal !== undefined && principal !== 'reject') return principal;
    await this.failures.count(client);
    throw new CredentialInvalidError();
  }

  /** @returns undefined for a user who may not log in */
  private async principalOf(name: string, caller: IdentifiedCaller): Promise<Principal | undefined> {
    const { clientId = name, expiresAt, claims } = caller;
    const now = this.clock.now();
    const until = expiresAt?.getTime() ?? Infinity;
    const identity =
      'user' in caller
        ? await this.users.find(caller)
        : {
            subject: checkSubject(caller.subject),
            roles: checkNames(caller.roles ?? []),
            scopes: checkNames(caller.scopes ?? []),
          };
    if (!identity || !(until > now)) return undefined;
    return Object.freeze({
      ...identity,
      sessionId: '',
      tokenId: '',
      clientId,
      isClient: false,
      issuedAt: now,
      expiresAt: until,
      claims: checkClaims(claims),
      credential: name,
    });
  }
}
