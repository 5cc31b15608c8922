import type { AdapterPayload } from 'oidc-provider';
import type { OAuthClients } from '../clients/oauth-clients.js';
import { clientMetadata } from './client-metadata.js';
import { MinimalAdapter } from './minimal-adapter.js';

/** Clients as the protocol library reads them. It writes none but those that register themselves. */
export class ClientAdapter extends MinimalAdapter {
  constructor(
    private readonly clients: OAuthClients,
    /** Scopes that the library knows. */
    private readonly known: ReadonlySet<string>,
    private readonly store: () => Promise<void>,
  ) {
    super();
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const client = await this.clients.find(id);
    return client && !client.disabled ? clientMetadata(client, this.known) : undefined;
  }

  async upsert(): Promise<void> {
    await this.store();
  }
}
