import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/unit-of-work.js';
import { isBeyond } from '../../tokens/sessions/grant-search.js';
import type { NewSession } from '../../tokens/sessions/session.js';
import { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import { BuiltInClients } from '../clients/built-in-clients.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { OAuthClientsRepository } from '../clients/oauth-clients.repository.js';
import { OAuthConsents } from '../consents/oauth-consents.js';
import { LOOK_EVERY } from '../logout/logout-delivery.js';
import { LogoutNotices } from '../logout/logout-notices.js';
import { type GrantLifetimes, lifetimesOf } from './grant-lifetimes.js';
import type { GrantToOpen } from './grant-tokens.js';

/** Writes something in the transaction that it is given. */
type Writing = (transaction: Transaction) => Promise<void>;

/** What stands beside a grant's session in the database: what it comes from and rests on, and whether its client is told of its end. */
@Injectable()
export class GrantRecords {
  constructor(
    private readonly artifacts: OAuthArtifacts,
    private readonly clients: OAuthClients,
    private readonly notices: LogoutNotices,
    private readonly consents: OAuthConsents,
    private readonly stored: OAuthClientsRepository,
    private readonly builtIn: BuiltInClients,
  ) {}

  /** @see OAuthArtifacts.consumeOfGrant */
  async use({ id }: GrantToOpen, transaction: Transaction): Promise<boolean> {
    return this.artifacts.consumeOfGrant(id, transaction);
  }

  /**
   * Its client, if it may have all of it still, in that way. Until the transaction's end that does not change: who changes it meanwhile
   * waits, and finds the session.
   */
  async hold(grant: GrantToOpen, transaction: Transaction): Promise<OAuthClient | undefined> {
    const { clientId, grantType, clientSid } = grant;
    const builtIn = this.builtIn.find(clientId);
    if (builtIn) return builtIn.client;
    // By the transaction: another connection could have to be waited for while this one is held.
    const client = await this.stored.holdShared(clientId, transaction);
    if (!client || client.disabled || isBeyond(grant, client)) return undefined;
    // Also where it was given back since what was taken from it.
    if (clientSid !== undefined && clientSid !== client.sid) return undefined;
    return client.grants.some((allowed) => allowed === grantType) ? client : undefined;
  }

  /**
   * Whether the user allows it still: of a client that needs no consent, always. Until the transaction's end it cannot be taken back;
   * who does so meanwhile waits, and finds the session.
   * @param client held
   */
  async holdConsent(
    { subject, clientId, scopes, consentedAt }: GrantToOpen,
    { firstParty }: OAuthClient,
    transaction: Transaction,
  ): Promise<boolean> {
    if (firstParty) return true;
    const consent = await this.consents.hold(subject, clientId, transaction);
    if (!consent) return false;
    // Taken back and given again, it is another: what was pending before does not rest on it.
    const isSame = consentedAt === undefined || consent.createdAt.getTime() === consentedAt;
    return isSame && scopes.every((scope) => consent.scopes.includes(scope));
  }

  /** How long what is granted to the client lasts, where that is less than other sessions do. */
  async lifetimesFor(clientId: string): Promise<GrantLifetimes> {
    return lifetimesOf(await this.clients.find(clientId));
  }

  /** @returns what is to be written along with the session, so that its client is told when it ends */
  async watching({ id, subject, clientId, createdAt, expiresAt }: NewSession): Promise<Writing> {
    const client = clientId === null ? undefined : await this.clients.find(clientId);
    if (!client?.backchannelLogoutUri) return () => Promise.resolve();
    const dueAt = new Date(createdAt.getTime() + LOOK_EVERY);
    const watched = { sessionId: id, clientId: client.id, subject, dueAt, expiresAt };
    return (transaction) => this.notices.watch(watched, transaction);
  }
}
