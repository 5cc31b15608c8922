import type { Transaction } from '../../common/unit-of-work.js';
import type { OAuthClient, StoredClient } from './oauth-client.js';

/** A page of clients in the order of their ids. */
export interface ClientsPage {
  readonly limit: number;
  /** Id of the last one of the page before. */
  readonly after: string | undefined;
}

/** Where OAuth clients are kept. */
export abstract class OAuthClientsRepository {
  abstract find(id: string): Promise<StoredClient | undefined>;

  /** In the order of their ids, character by character. */
  abstract list(page: ClientsPage): Promise<StoredClient[]>;

  /** The same as `find`; until the transaction's end nothing else changes it. */
  abstract hold(id: string, transaction: Transaction): Promise<StoredClient | undefined>;

  /** The client alone, which several can hold at once: only who changes it waits. */
  async holdShared(id: string, transaction: Transaction): Promise<OAuthClient | undefined> {
    return (await this.hold(id, transaction))?.client;
  }

  /** Of the ids of those that are fixed. */
  abstract listFixed(transaction: Transaction): Promise<string[]>;

  /** @returns false, and nothing is written, if there is one of this id; also when two race */
  abstract add(stored: StoredClient, transaction: Transaction): Promise<boolean>;

  /** Writes all of one that is held, its secrets too. */
  abstract replace(stored: StoredClient, transaction: Transaction): Promise<void>;

  /** With its secrets. @returns whether there was one */
  abstract delete(id: string, transaction: Transaction): Promise<boolean>;
}
