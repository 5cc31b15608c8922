import type { Transaction } from '../../common/unit-of-work.js';
import type { StoredClient } from '../../oauth/clients/oauth-client.js';
import { type ClientsPage, OAuthClientsRepository } from '../../oauth/clients/oauth-clients.repository.js';
import { MemoryTable } from './memory-table.js';

/** OAuth clients, in memory. */
export class InMemoryOAuthClientsRepository extends OAuthClientsRepository {
  private readonly clients = new MemoryTable<StoredClient>();

  async find(id: string): Promise<StoredClient | undefined> {
    return this.clients.get(id);
  }

  async list({ limit, after = '' }: ClientsPage): Promise<StoredClient[]> {
    const later = this.clients.all().filter(({ client }) => client.id > after);
    return later.toSorted((one, other) => (one.client.id < other.client.id ? -1 : 1)).slice(0, limit);
  }

  async hold(id: string): Promise<StoredClient | undefined> {
    return this.clients.get(id);
  }

  async listFixed(): Promise<string[]> {
    const fixed = this.clients.all().filter(({ client }) => client.fixed);
    return fixed.map(({ client }) => client.id).toSorted();
  }

  async add(stored: StoredClient, transaction: Transaction): Promise<boolean> {
    if (this.clients.get(stored.client.id)) return false;
    this.clients.set(stored.client.id, stored, transaction);
    return true;
  }

  async replace(stored: StoredClient, transaction: Transaction): Promise<void> {
    this.clients.set(stored.client.id, stored, transaction);
  }

  async delete(id: string, transaction: Transaction): Promise<boolean> {
    return this.clients.delete(id, transaction);
  }
}
