import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import { flowOf } from './flow-memory.js';
import type { GrantsOfFlow } from './grants-of-flow.js';
import { MinimalAdapter } from './minimal-adapter.js';

/** A grant is what is held with the code that is exchanged for it, and after that a session. */
export class GrantAdapter extends MinimalAdapter {
  constructor(
    private readonly grants: GrantsOfFlow,
    private readonly context: () => KoaContextWithOIDC,
  ) {
    super();
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { grant } = flowOf(this.context());
    if (grant?.['jti'] === id) return { ...grant };
    const open = await this.grants.find(id);
    if (!open) return undefined;
    const { clientId, subject: accountId, scopes } = open;
    return { jti: id, clientId, accountId, openid: { scope: scopes.join(' ') } };
  }

  /** It is put down with its code. */
  async upsert(): Promise<void> {}

  override async destroy(id: string): Promise<void> {
    await this.grants.end(id);
  }

  override async revokeByGrantId(id: string): Promise<void> {
    await this.destroy(id);
  }
}
