import type { Adapter, AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import type { GrantTokens } from '../grants/grant-tokens.js';
import { flowOf } from './flow-memory.js';

/** A grant is what is held with the code that is exchanged for it, and after that a session. */
export class GrantAdapter implements Adapter {
  constructor(
    private readonly grants: GrantTokens,
    private readonly context: () => KoaContextWithOIDC,
  ) {}

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

  async destroy(id: string): Promise<void> {
    await this.grants.end(id, flowOf(this.context()).client);
  }

  async revokeByGrantId(id: string): Promise<void> {
    await this.destroy(id);
  }

  async consume(): Promise<void> {}

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
