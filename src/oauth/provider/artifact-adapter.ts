import type { Adapter, AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import type { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import type { OAuthClients } from '../clients/oauth-clients.js';
import { flowOf } from './flow-memory.js';
import type { GrantsOfFlow } from './grants-of-flow.js';

/** What the adapters need of the library and of the rest. */
export interface AdapterParts {
  readonly artifacts: OAuthArtifacts;
  readonly clients: OAuthClients;
  readonly grants: GrantsOfFlow;
  /** Of the request that is being answered. */
  readonly context: () => KoaContextWithOIDC;
  /** What is thrown where a code was used by another request. */
  readonly alreadyUsed: () => Error;
}

/** Codes that become a session: each holds the grant that it stands for, so that one row is written for both. */
const WITH_GRANT: ReadonlySet<string> = new Set(['AuthorizationCode', 'DeviceCode']);

/** Keeps what the library keeps between two requests. Its identifiers stay out of what is stored. */
export class ArtifactAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly parts: AdapterParts,
  ) {}

  async upsert(id: string, { jti: _jti, ...payload }: AdapterPayload, expiresIn?: number): Promise<void> {
    const { grantId, userCode } = payload;
    await this.parts.artifacts.put(this.model, id, {
      payload: { ...this.withoutSession(payload), ...(await this.grantOf()) },
      grantId: WITH_GRANT.has(this.model) ? grantId : undefined,
      userCode,
      expiresIn: expiresIn ?? 0,
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const found = await this.parts.artifacts.find(this.model, id);
    return (
      found && this.remembered({ ...found.payload, jti: id, ...(found.isConsumed && { consumed: true }) })
    );
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    const found = await this.parts.artifacts.findByUserCode(this.model, userCode);
    return found && this.remembered({ ...found.payload, ...(found.isConsumed && { consumed: true }) });
  }

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Of several requests with one, one goes on. What becomes a session is used up with its opening. @see GrantOpening.open */
  async consume(id: string): Promise<void> {
    if (WITH_GRANT.has(this.model) && flowOf(this.parts.context()).grant) return;
    if (!(await this.parts.artifacts.consume(this.model, id))) throw this.parts.alreadyUsed();
  }

  async destroy(id: string): Promise<void> {
    await this.parts.artifacts.delete(this.model, id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.parts.grants.end(grantId);
  }

  /** The sign-in may happen in another browser session than the one in which it was asked for. */
  private withoutSession(payload: AdapterPayload): AdapterPayload {
    return this.model === 'Interaction' ? { ...payload, session: undefined } : payload;
  }

  private async grantOf(): Promise<Record<string, unknown>> {
    const oidc = WITH_GRANT.has(this.model) ? this.parts.context().oidc : undefined;
    const grant = oidc?.entities.Grant;
    if (!grant) return {};
    const { accountId, clientId, openid, resources, rejected, jti } = grant;
    const { era, consentedAt } = flowOf(this.parts.context());
    const client = await this.parts.clients.find(grant.clientId ?? '');
    return {
      grant: { accountId, clientId, openid, resources, rejected, jti },
      ...(oidc.session?.uid && { parentId: oidc.session.uid }),
      era,
      consentedAt,
      clientSid: client?.sid,
    };
  }

  private remembered(payload: Record<string, unknown>): AdapterPayload {
    const { grant, parentId, era, consentedAt, clientSid, ...others } = payload;
    if (WITH_GRANT.has(this.model) && typeof grant === 'object' && grant) {
      const flow = flowOf(this.parts.context());
      flow.grant = grant as Record<string, unknown>;
      if (typeof parentId === 'string') flow.parentId = parentId;
      if (typeof era === 'number') flow.era = era;
      if (typeof consentedAt === 'number') flow.consentedAt = consentedAt;
      if (typeof clientSid === 'string') flow.clientSid = clientSid;
    }
    return others;
  }
}
