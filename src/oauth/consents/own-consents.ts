import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { AccountConsents, type HeldConsent } from '../../auth/account/account-consents.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { ClientGrants } from '../clients/client-grants.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { isClientId, type OAuthClient } from '../clients/oauth-client.js';
import { UnknownClientError } from '../clients/oauth-clients.errors.js';
import { OAuthConsents } from './oauth-consents.js';
import { requireOwnToken } from './own-token.js';

/** What users allow clients, by themselves: with no token that a client holds. */
@Injectable()
export class OwnConsents {
  constructor(
    private readonly consents: OAuthConsents,
    private readonly accounts: AccountConsents,
    private readonly clients: OAuthClients,
    private readonly grants: ClientGrants,
    private readonly audit: AuditSink,
  ) {}

  /** The oldest first. @throws ConsentByClientError */
  async list(caller: Principal): Promise<readonly HeldConsent[]> {
    requireOwnToken(caller);
    return this.accounts.of(caller.subject);
  }

  /**
   * All that the client may do from now on, in place of what was allowed before: its sessions of the user that have more end.
   * @throws ConsentByClientError; UnknownClientError also where it is disabled, or part of the server; InvalidFieldsError for a scope that it cannot have
   */
  async give(caller: Principal, clientId: string, scopes: readonly string[], by: ClientInfo): Promise<void> {
    const known = await this.clientFor(caller, clientId, scopes);
    await this.allow(caller, clientId, by, async (transaction) => {
      await this.consents.allow(caller.subject, clientId, scopes, transaction);
      // Nothing is asked of a first-party client, so that this bounds nothing.
      if (!known.firstParty) await this.end(caller, clientId, by, scopes, transaction);
    });
  }

  /**
   * What the client may do beside what was allowed before: of several at once none is lost.
   * @throws the same
   */
  async add(caller: Principal, clientId: string, scopes: readonly string[], by: ClientInfo): Promise<void> {
    const known = await this.clientFor(caller, clientId, scopes);
    await this.allow(caller, clientId, by, (transaction) =>
      this.consents.add(caller.subject, clientId, scopes, known.scopes, transaction),
    );
  }

  /**
   * The client is asked about again, and its sessions of the user end. That nothing was allowed is no error.
   * @throws ConsentByClientError
   */
  async withdraw(caller: Principal, clientId: string, by: ClientInfo): Promise<void> {
    requireOwnToken(caller);
    // Not every text that is no client's is one for the database.
    if (!isClientId(clientId)) return;
    await this.grants.within(async (transaction) => {
      if (await this.consents.takeBack(caller.subject, clientId, transaction))
        await this.audit.record(
          { type: 'consent.withdrawn', ...eventBy(caller, by), details: { clientId } },
          transaction,
        );
      await this.end(caller, clientId, by, undefined, transaction);
    });
  }

  private async end(
    { subject }: Principal,
    clientId: string,
    client: ClientInfo,
    scopes: readonly string[] | undefined,
    transaction: Transaction,
  ): Promise<void> {
    const ending = { subject, clientId, scopes, reason: 'grant_revoked', client } as const;
    await this.grants.endOfUser(ending, transaction);
  }

  private async clientFor(
    caller: Principal,
    clientId: string,
    scopes: readonly string[],
  ): Promise<OAuthClient> {
    requireOwnToken(caller);
    const known = await this.clients.find(clientId);
    if (!known || known.disabled || known.builtIn) throw new UnknownClientError();
    refuseOthers(scopes, known);
    return known;
  }

  private async allow(
    caller: Principal,
    clientId: string,
    by: ClientInfo,
    write: (transaction: Transaction) => Promise<unknown>,
  ): Promise<void> {
    await this.grants.within(async (transaction) => {
      await write(transaction);
      await this.audit.record(
        { type: 'consent.given', ...eventBy(caller, by), details: { clientId } },
        transaction,
      );
    });
  }
}

function refuseOthers(scopes: readonly string[], client: OAuthClient): void {
  if (scopes.every((scope) => client.scopes.includes(scope))) return;
  throw new InvalidFieldsError([
    { field: 'scopes', message: 'scopes must be ones that the client may have' },
  ]);
}

function eventBy({ subject, sessionId }: Principal, client: ClientInfo) {
  return { actor: { kind: 'user', id: subject }, subject, sessionId, client } as const;
}
