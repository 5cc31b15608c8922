import { type NewClient, settingsOf } from './new-client.js';
import type { StoredClient } from './oauth-client.js';

/** `client_id` of Swagger UI, whether it is there or not. */
export const DOCS_CLIENT = 'latchkey-docs';

const EPOCH = new Date(0);

/** Clients of the server itself: known in process and stored nowhere, so that none changes or deletes them. */
export class BuiltInClients {
  private readonly byId = new Map<string, StoredClient>();

  /** Before the first request. It gets no tokens in its own name. */
  declare(id: string, given: NewClient & { readonly type: 'public' }): void {
    const kept = {
      id,
      sid: id,
      fixed: true,
      registeredWith: null,
      builtIn: true as const,
      version: 1,
      createdAt: EPOCH,
      updatedAt: EPOCH,
    };
    this.byId.set(id, { client: { ...settingsOf(given), ...kept }, secrets: [] });
  }

  find(id: string): StoredClient | undefined {
    return this.byId.get(id);
  }
}
