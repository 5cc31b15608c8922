import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { TimeOrderedIds } from '../../common/time-ordered-id.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { BuiltInClients } from './built-in-clients.js';
import { ClientCache } from './client-cache.js';
import { ClientGrants } from './client-grants.js';
import { ClientRecords } from './client-records.js';
import { endingIn, isOneOf, liveSecrets, newClientSecret, secretOf } from './client-secret.js';
import type { ClientWriter } from './client-writer.js';
import { type NewClient, settingsOf } from './new-client.js';
import { type ClientSettings, isClientId, type OAuthClient, type StoredClient } from './oauth-client.js';
import {
  ClientProtectedError,
  ClientWithoutSecretError,
  UnknownClientError,
} from './oauth-clients.errors.js';
import { type ClientsPage, OAuthClientsRepository } from './oauth-clients.repository.js';

/** How long the secrets of before stay good beside a new one, if nothing else is said; seconds. */
export const SECRET_OVERLAP = 86_400;

/** A client whose secret is shown this once. */
export interface ClientWithSecret extends StoredClient {
  /** Undefined: it has none. */
  readonly secret: string | undefined;
}

/** What is known of a new client before it is made. */
interface ClientOrigin {
  /** Of `newId`. */
  readonly id?: string;
  /** Id of the initial access token that it comes with. */
  readonly registeredWith?: string | null;
}

/** Applications that get tokens here: who they are, what they may ask for, and their secrets. */
@Injectable()
export class OAuthClients {
  private readonly ids = new TimeOrderedIds();

  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly cache: ClientCache,
    private readonly records: ClientRecords,
    private readonly grants: ClientGrants,
    private readonly clock: Clock,
    private readonly builtIn: BuiltInClients,
  ) {}

  /** Known in process; also one that is disabled. */
  async find(id: string): Promise<OAuthClient | undefined> {
    return (await this.known(id))?.client;
  }

  /** Whether it is a secret of the client that counts now. None is of a client that is disabled or authenticates otherwise. */
  async verifySecret(id: string, secret: string): Promise<boolean> {
    return (await this.secretTest(id))(secret);
  }

  /** @returns the same, told at once: who counts guesses does so in the same step */
  async secretTest(id: string): Promise<(secret: string) => boolean> {
    const found = await this.known(id);
    if (!found || found.client.disabled || !hasSecret(found.client)) return () => false;
    return (secret) => isOneOf(secret, liveSecrets(found.secrets, this.clock.now()));
  }

  /** In the order of their ids: of those made here that in which they were made. */
  async list(page: ClientsPage): Promise<StoredClient[]> {
    return this.clients.list(page);
  }

  /** As it is kept at this moment. @throws UnknownClientError */
  async read(id: string): Promise<StoredClient> {
    const found = isClientId(id) ? await this.clients.find(id) : undefined;
    if (!found) throw new UnknownClientError();
    return found;
  }

  /** An id that no client has, later in order than those of before. */
  newId(): string {
    return this.ids.next(this.clock.now());
  }

  /** @throws InvalidFieldsError, and what the writer's `admit` throws */
  async create(
    given: NewClient,
    writer: ClientWriter,
    { id = this.newId(), registeredWith = null }: ClientOrigin = {},
  ): Promise<ClientWithSecret> {
    const { checkedSettings } = await settingsCheck();
    const settings = checkedSettings(settingsOf(given));
    const now = new Date(this.clock.now());
    const identity = { id, sid: randomUUID(), fixed: false, registeredWith, version: 1 };
    const client = { ...settings, ...identity, createdAt: now, updatedAt: now };
    const secret = hasSecret(settings) ? newClientSecret() : undefined;
    const stored = { client, secrets: secret === undefined ? [] : [secretOf(secret, now)] };
    await this.grants.within(async (transaction) => {
      await writer.admit?.({ after: settings }, transaction);
      await this.records.add(stored, writer, transaction);
    });
    return { ...stored, secret };
  }

  /**
   * What is left out stays. Where it may get less than before, tokens that the client got in its own name die, and what it was granted
   * ends that has more; if it is disabled, all of it. One that comes to authenticate by a secret has none until `rotateSecret`; one that no longer does loses those it has.
   * @throws UnknownClientError, ClientProtectedError, InvalidFieldsError, and what the writer's `admit` throws
   */
  async change(id: string, change: Partial<ClientSettings>, writer: ClientWriter): Promise<StoredClient> {
    const { checkedSettings } = await settingsCheck();
    return this.grants.within(async (transaction) => {
      const held = await this.hold(id, transaction);
      await writer.admit?.({ before: held.client, after: { ...held.client, ...change } }, transaction);
      const client = checkedSettings({ ...held.client, ...change });
      const wanted = { client, secrets: hasSecret(client) ? held.secrets : [] };
      const changed = await this.records.change(held, wanted, writer, transaction);
      await this.records.settle(held.client, changed.client, writer, transaction);
      return changed;
    });
  }

  /**
   * The tokens that it got in its own name die, and what it was granted ends.
   * @throws UnknownClientError, ClientProtectedError, and what the writer's `admit` throws
   */
  async delete(id: string, writer: ClientWriter): Promise<void> {
    await this.grants.within(async (transaction) => {
      const held = await this.hold(id, transaction);
      await writer.admit?.({ before: held.client }, transaction);
      await this.records.delete(held, writer, transaction);
      await this.records.settle(held.client, undefined, writer, transaction);
    });
  }

  /**
   * A new secret, shown this once. Those of before stay good for the overlap, and no longer than they were to.
   * @param overlapSeconds 0: they end at once
   * @throws UnknownClientError, ClientProtectedError, ClientWithoutSecretError, and what the writer's `admit` throws
   */
  async rotateSecret(
    id: string,
    writer: ClientWriter,
    overlapSeconds = SECRET_OVERLAP,
  ): Promise<ClientWithSecret> {
    const secret = newClientSecret();
    const rotated = await this.grants.within(async (transaction) => {
      const held = await this.hold(id, transaction);
      const { client } = held;
      await writer.admit?.({ before: client, after: client }, transaction);
      if (!hasSecret(client)) throw new ClientWithoutSecretError();
      const now = new Date(this.clock.now());
      const secrets = [secretOf(secret, now), ...endingIn(held.secrets, overlapSeconds, now)];
      const changed = await this.records.change(held, { client, secrets }, writer, transaction);
      await this.records.settle(client, changed.client, writer, transaction);
      return changed;
    });
    return { ...rotated, secret };
  }

  private async known(id: string): Promise<StoredClient | undefined> {
    if (!isClientId(id)) return undefined;
    return this.builtIn.find(id) ?? this.cache.find(id);
  }

  private async hold(id: string, transaction: Transaction): Promise<StoredClient> {
    const held = await this.records.hold(id, transaction);
    if (held.client.fixed) throw new ClientProtectedError();
    return held;
  }
}

function hasSecret({ authMethod }: Pick<ClientSettings, 'authMethod'>): boolean {
  return authMethod === 'client_secret_basic';
}

/** Most processes write no client. */
function settingsCheck(): Promise<Pick<typeof import('./client-problems.js'), 'checkedSettings'>> {
  return import('./client-problems.js');
}
