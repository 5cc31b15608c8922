import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { TokensConfig } from '../../config/config.js';
import { AccessTokenIssuer } from '../../tokens/access/access-token-issuer.js';
import { type ActorClaim, ACTORS_MAX } from '../../tokens/access/actor-claim.js';
import { mayAct } from '../../tokens/access/may-act-claim.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { ExchangeRefusedError } from './exchange-refused.error.js';
import { type SubjectToken, SubjectTokens } from './subject-tokens.js';

/** What a client asks for. */
export interface WantedExchange {
  readonly subjectToken: string;
  /** One of the client's own, where it shows one. */
  readonly actorToken: string | undefined;
  /** Undefined: all that both the token and the client may have. */
  readonly scopes: readonly string[] | undefined;
  /** Resources and audiences; none: that of the subject token. */
  readonly targets: readonly string[];
  /** Thumbprint of the key that was shown; the token is bound to it. */
  readonly jkt: string | undefined;
}

/** A token that was given for another. */
export interface ExchangedToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scopes: readonly string[];
}

const ROLES_SCOPE = 'roles';

/** Access tokens for others (RFC 8693): for the same subject, of the same session, and never for more. */
@Injectable()
export class TokenExchange {
  constructor(
    private readonly subjects: SubjectTokens,
    private readonly issuer: AccessTokenIssuer,
    private readonly audit: AuditSink,
    private readonly clock: Clock,
    private readonly config: TokensConfig,
    private readonly clients: OAuthClients,
  ) {}

  /** @param clientId of the client, which has authenticated @throws ExchangeRefusedError; UnavailableError */
  async exchange(clientId: string, wanted: WantedExchange, by: ClientInfo): Promise<ExchangedToken> {
    const client = await this.clients.find(clientId);
    if (!client) throw new ExchangeRefusedError('invalid_request', 'The client is gone.');
    const found = await this.subjects.find(wanted.subjectToken, wanted.jkt);
    if (wanted.actorToken !== undefined)
      await this.subjects.requireOwn(wanted.actorToken, client.id, wanted.jkt);
    const { caller } = found;
    if (!mayAct(caller.claims['may_act'], { iss: this.config.issuer, sub: client.id }))
      throw new ExchangeRefusedError('invalid_request', 'The client may not act for the subject.');
    const audience = audienceFor(client, found, wanted.targets);
    const scopes = scopesFor(client, found, wanted.scopes);
    if ((caller.actors?.length ?? 0) >= ACTORS_MAX)
      throw new ExchangeRefusedError('invalid_request', 'Too many act for the subject already.');
    // By the `sid` of each client that acts, the token dies with that, too.
    const act = { sub: client.id, sid: client.sid, ...(found.act && { act: found.act }) };
    const issued = await this.issue(client, found, { audience, scopes, act, jkt: wanted.jkt });
    await this.audit.record({
      type: 'token.exchanged',
      actor: caller.isClient ? { kind: 'system' } : { kind: 'user', id: caller.subject },
      subject: caller.isClient ? null : caller.subject,
      sessionId: caller.sessionId,
      client: by,
      details: { clientId: client.id },
    });
    return { ...issued, scopes };
  }

  /**
   * With the `iat` of the subject token, so that what revokes that by its time revokes this, too. What is said of the user there is
   * said here, as far as the scopes go.
   */
  private async issue(
    { id, accessTokenTtl }: OAuthClient,
    { caller, session }: SubjectToken,
    { audience, scopes, act, jkt }: Given,
  ): Promise<Omit<ExchangedToken, 'scopes'>> {
    const now = this.clock.now();
    const lifetime = Math.min((accessTokenTtl ?? Infinity) * 1000, this.config.accessTokenTtl);
    const end = Math.min(caller.expiresAt, now + lifetime);
    const roles = scopes.includes(ROLES_SCOPE) ? caller.roles : [];
    // Whose `sub` is a client is known by the same `client_id`: it stays no user's.
    const clientId = caller.isClient ? caller.subject : id;
    const { accessToken } = await this.issuer.issue(
      { ...session, clientId, audience: audience === this.config.audience ? null : audience },
      { roles, scopes, jkt, act },
      caller.issuedAt / 1000,
      caller.claims,
      end - Math.min(now, caller.issuedAt + 999),
    );
    return { accessToken, expiresIn: Math.max(0, Math.floor((end - now) / 1000)) };
  }
}

interface Given {
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly act: ActorClaim;
  readonly jkt: string | undefined;
}

/** A client of others gets nothing for a resource that is not its own, not even where it has been shown a token for it. */
function audienceFor(
  { audiences, firstParty }: OAuthClient,
  { audience }: SubjectToken,
  targets: readonly string[],
): string {
  const [target = audience, ...others] = new Set(targets);
  if (others.length > 0) throw new ExchangeRefusedError('invalid_target', 'A token is for one resource.');
  const stays = firstParty && target === audience;
  if (stays || audiences.includes(target)) return target;
  throw new ExchangeRefusedError('invalid_target', 'The client may not ask for this resource.');
}

function scopesFor(
  client: OAuthClient,
  { scopes }: SubjectToken,
  wanted: readonly string[] | undefined,
): readonly string[] {
  const both = scopes.filter((scope) => client.scopes.includes(scope));
  if (!wanted) return [...new Set(both)];
  if (wanted.every((scope) => both.includes(scope))) return [...new Set(wanted)];
  throw new ExchangeRefusedError('invalid_scope', 'The subject token, or the client, lacks a scope.');
}
