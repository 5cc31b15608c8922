import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/unit-of-work.js';
import type { NewSession } from '../../tokens/sessions/session.js';
import { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { LOOK_EVERY } from '../logout/logout-delivery.js';
import { LogoutNotices } from '../logout/logout-notices.js';

/** Writes something in the transaction that it is given. */
type Writing = (transaction: Transaction) => Promise<void>;

/** What stands beside a grant's session in the database: what it comes from, and whether its client is told of its end. */
@Injectable()
export class GrantRecords {
  constructor(
    private readonly artifacts: OAuthArtifacts,
    private readonly clients: OAuthClients,
    private readonly notices: LogoutNotices,
  ) {}

  /** @see OAuthArtifacts.holdOfGrant */
  async hold(grantId: string, transaction: Transaction): Promise<boolean> {
    return this.artifacts.holdOfGrant(grantId, transaction);
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
