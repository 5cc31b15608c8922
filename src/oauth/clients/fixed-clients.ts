import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { OAuthConfig } from '../../config/config.js';
import { ClientGrants } from './client-grants.js';
import { ClientRecords } from './client-records.js';
import type { ClientWriter } from './client-writer.js';
import type { ClientSecret, OAuthClient, StoredClient } from './oauth-client.js';
import { OAuthClientsRepository } from './oauth-clients.repository.js';
import type { FixedClient } from './read-fixed-clients.js';

const SYSTEM: ClientWriter = { acting: { actor: { kind: 'system' }, sessionId: null, client: null } };

interface Transition {
  readonly before: OAuthClient;
  readonly after: OAuthClient;
}

/** Stores the clients of `OAUTH_CLIENTS` when the application starts. */
@Injectable()
export class FixedClients implements OnModuleInit {
  constructor(
    private readonly config: OAuthConfig,
    private readonly clients: OAuthClientsRepository,
    private readonly records: ClientRecords,
    private readonly grants: ClientGrants,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.config.clients) return;
    // With all that checks them: most applications name none.
    const { readFixedClients } = await import('./read-fixed-clients.js');
    await this.store(readFixedClients(this.config.clients));
  }

  /**
   * They are what is given. One that is not among them any more is fixed no more, and disabled: what is left out by mistake, or by an
   * instance that has an older file, is not gone. Each is stored by itself: those before one that fails are.
   */
  async store(wanted: readonly FixedClient[]): Promise<void> {
    const before = await this.grants.within((transaction) => this.clients.listFixed(transaction));
    const ids = new Set([...before, ...wanted.map(({ id }) => id)]);
    // In one order, so that instances that start at once wait for one another. More than one in a transaction could wait for who waits
    // for it: what a client was granted ends with it, and sessions of one user may be several clients'.
    for (const id of [...ids].toSorted()) {
      const client = wanted.find((each) => each.id === id);
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other, in order
      await this.grants.within(async (transaction) => {
        const made = await (client ? this.put(client, transaction) : this.release(id, transaction));
        if (made) await this.records.settle(made.before, made.after, SYSTEM, transaction);
      });
    }
  }

  private async put(wanted: FixedClient, transaction: Transaction): Promise<Transition | undefined> {
    const { id, settings, secretHashes } = wanted;
    const now = new Date(this.clock.now());
    const identity = { id, sid: randomUUID(), fixed: true, registeredWith: null, version: 1 };
    const secrets = secretHashes.map((hash) => ({ hash, createdAt: now, expiresAt: null }));
    const made = { client: { ...settings, ...identity, createdAt: now, updatedAt: now }, secrets };
    if (await this.records.add(made, SYSTEM, transaction)) return { before: made.client, after: made.client };
    const held = await this.records.hold(id, transaction);
    const client = { ...held.client, ...settings, fixed: true };
    return this.change(held, { client, secrets: keeping(held.secrets, secrets) }, transaction);
  }

  private async release(id: string, transaction: Transaction): Promise<Transition | undefined> {
    const held = await this.clients.hold(id, transaction);
    // Another instance was first, and an administrator may have changed or deleted it since.
    if (!held?.client.fixed) return undefined;
    const client = { ...held.client, fixed: false, disabled: true };
    return this.change(held, { ...held, client }, transaction);
  }

  private async change(
    held: StoredClient,
    wanted: StoredClient,
    transaction: Transaction,
  ): Promise<Transition | undefined> {
    const { client: after } = await this.records.change(held, wanted, SYSTEM, transaction);
    return after.version === held.client.version ? undefined : { before: held.client, after };
  }
}

/** Those that there are already as they are, in the order in which they are read. */
function keeping(held: readonly ClientSecret[], wanted: readonly ClientSecret[]): ClientSecret[] {
  const kept = held.filter(
    ({ hash, expiresAt }) => expiresAt === null && wanted.some((each) => each.hash === hash),
  );
  const added = wanted.filter(({ hash }) => !kept.some((each) => each.hash === hash));
  return [...added, ...kept];
}
