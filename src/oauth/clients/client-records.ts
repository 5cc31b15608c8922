import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { AuditDetails, AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import { ClientCache } from './client-cache.js';
import { ClientGrants } from './client-grants.js';
import type { ClientWriter } from './client-writer.js';
import { CLIENT_SETTINGS, isClientId, type OAuthClient, type StoredClient } from './oauth-client.js';
import { UnknownClientError } from './oauth-clients.errors.js';
import { OAuthClientsRepository } from './oauth-clients.repository.js';

/** Clients as they are written: with what the audit log says of it, and with what ends by it. */
@Injectable()
export class ClientRecords {
  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly cache: ClientCache,
    private readonly revocations: RevocationService,
    private readonly grants: ClientGrants,
    private readonly audit: AuditSink,
    private readonly clock: Clock,
  ) {}

  /** Until the transaction's end nothing else changes it. @throws UnknownClientError */
  async hold(id: string, transaction: Transaction): Promise<StoredClient> {
    const held = isClientId(id) ? await this.clients.hold(id, transaction) : undefined;
    if (!held) throw new UnknownClientError();
    return held;
  }

  /** @returns false, and nothing is written, if there is one of this id */
  async add(stored: StoredClient, writer: ClientWriter, transaction: Transaction): Promise<boolean> {
    const added = await this.clients.add(stored, transaction);
    if (added) await this.record('client.created', stored.client.id, writer, transaction);
    return added;
  }

  /**
   * Writes what differs, as another version. Where the client may get less than before in its own name, the tokens that it got die:
   * it has another `sid` then.
   * @param held of this transaction
   */
  async change(
    held: StoredClient,
    wanted: StoredClient,
    writer: ClientWriter,
    transaction: Transaction,
  ): Promise<StoredClient> {
    const fields = CLIENT_SETTINGS.filter(
      (field) => !isDeepStrictEqual(held.client[field], wanted.client[field]),
    );
    const isNewSecret = wanted.secrets.some(({ hash }) => !held.secrets.some((old) => old.hash === hash));
    if (isDeepStrictEqual(held, wanted)) return held;
    const sid = getsLess(held.client, wanted.client) ? randomUUID() : held.client.sid;
    const version = held.client.version + 1;
    const client = { ...wanted.client, sid, version, updatedAt: new Date(this.clock.now()) };
    const changed = { ...wanted, client };
    await this.clients.replace(changed, transaction);
    const { id } = client;
    if (fields.length > 0) await this.record('client.changed', id, writer, transaction, { fields });
    if (isNewSecret) await this.record('client.secret_rotated', id, writer, transaction);
    return changed;
  }

  /** @param held of this transaction */
  async delete({ client }: StoredClient, writer: ClientWriter, transaction: Transaction): Promise<void> {
    await this.clients.delete(client.id, transaction);
    await this.record('client.deleted', client.id, writer, transaction);
  }

  /**
   * What follows from a change, in its transaction: every instance learns of it, tokens of before die where they have to, and the sessions
   * end that the client was granted if it gets no tokens any more, or is first-party no more, or have more than it may have now. Of what it
   * may have now also where that was so before: it may be tried again.
   * @param transaction of `ClientGrants.within`; what it writes comes before
   */
  async settle(
    before: OAuthClient,
    after: OAuthClient | undefined,
    writer: ClientWriter,
    transaction: Transaction,
  ): Promise<void> {
    transaction.afterCommit(() => this.cache.forget(before.id));
    if (!after || after.disabled) await this.grants.end(before.id, writer, transaction);
    else if (before.firstParty && !after.firstParty)
      await this.grants.endUnasked(before.id, writer, transaction);
    else if (before.version === after.version || getsLess(before, after))
      await this.grants.narrow(after, writer, transaction);
    // Last: kept elsewhere, it is not taken back where the rest is.
    if (before.sid !== after?.sid) await this.revocations.revokeSession(before.sid, transaction);
  }

  private async record(
    type: AuditEventType,
    clientId: string,
    { acting, details: also }: ClientWriter,
    transaction: Transaction,
    details: AuditDetails = {},
  ): Promise<void> {
    await this.audit.record(
      { type, subject: null, ...acting, details: { clientId, ...also, ...details } },
      transaction,
    );
  }
}

function getsLess(before: OAuthClient, after: OAuthClient): boolean {
  const lacks = (had: readonly string[], has: readonly string[]) => had.some((each) => !has.includes(each));
  return (
    (after.disabled && !before.disabled) ||
    (before.firstParty && !after.firstParty) ||
    lacks(before.grants, after.grants) ||
    lacks(before.scopes, after.scopes) ||
    lacks(before.audiences, after.audiences)
  );
}
