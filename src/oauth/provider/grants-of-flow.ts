import type { KoaContextWithOIDC } from 'oidc-provider';
import type { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import type { GrantTokens, OpenGrant } from '../grants/grant-tokens.js';
import { flowOf } from './flow-memory.js';

/** Grants as one request knows them: the library asks for one several times, and ends it for each kind of token by itself. */
export class GrantsOfFlow {
  constructor(
    private readonly grants: GrantTokens,
    private readonly artifacts: OAuthArtifacts,
    /** Of the request that is being answered. */
    private readonly context: () => KoaContextWithOIDC,
  ) {}

  /** As it was when the request first asked. @returns undefined if it has ended, expired, or is of no client */
  async find(id: string): Promise<OpenGrant | undefined> {
    const flow = flowOf(this.context());
    if (flow.found?.id !== id) flow.found = await this.grants.find(id);
    return flow.found;
  }

  /** Changes nothing. @returns undefined if the client would get nothing for it now */
  async findByRefreshToken(refreshToken: string, clientId: string): Promise<OpenGrant | undefined> {
    const found = await this.grants.findByRefreshToken(refreshToken, clientId);
    if (found) flowOf(this.context()).found = found;
    return found;
  }

  /** Of a refresh token that one of Latchkey's own routes gave. Changes nothing. @returns undefined if it would be refused now */
  async findLogin(refreshToken: string): Promise<OpenGrant | undefined> {
    return this.grants.findByRefreshToken(refreshToken, null);
  }

  /** Once. The code goes first: who opens a session with it meanwhile looks for it afterwards. */
  async end(id: string): Promise<void> {
    const flow = flowOf(this.context());
    flow.found = undefined;
    if (flow.ended?.id !== id) flow.ended = { id, done: this.endNow(id) };
    await flow.ended.done;
  }

  private async endNow(id: string): Promise<void> {
    const { client } = flowOf(this.context());
    await this.artifacts.deleteOfGrant(id);
    await this.grants.end(id, client);
  }
}
