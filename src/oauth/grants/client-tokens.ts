import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AccessTokenIssuer } from '../../tokens/access/access-token-issuer.js';
import { NO_GRANT, type Session } from '../../tokens/sessions/session.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import type { GrantedTokens } from './grant-tokens.js';

/** Access tokens of clients that act for themselves (RFC 6749 section 4.4): `sub` is the client (RFC 9068 section 2.2). */
@Injectable()
export class ClientTokens {
  constructor(
    private readonly issuer: AccessTokenIssuer,
    private readonly clock: Clock,
  ) {}

  /**
   * @param scopes that it is given: those that it asks for, of those that it may have
   * @param audience null: that of `AUDIENCE`
   * @param jkt thumbprint of the key that the token is bound to (RFC 9449); undefined: a bearer token
   */
  async issue(
    client: OAuthClient,
    scopes: readonly string[],
    audience: string | null,
    jkt?: string,
  ): Promise<GrantedTokens> {
    const { id, sid } = client;
    const session = {
      id: sid,
      subject: id,
      clientId: id,
      audience,
      era: null,
      expiresAt: this.endOf(client),
    };
    return this.issuer.issue(session, { roles: [], scopes, jkt });
  }

  /** What its tokens belong to. No row: its end is that of the client. */
  sessionOf(client: OAuthClient): Session {
    const { id, sid } = client;
    const now = this.clock.now();
    const expiresAt = this.endOf(client);
    return {
      ...NO_GRANT,
      id: sid,
      subject: id,
      clientId: id,
      scopes: null,
      generation: 0,
      secretHash: '',
      graceUntil: null,
      createdAt: new Date(now),
      reauthenticatedAt: null,
      methods: null,
      lastUsedAt: new Date(now),
      idleExpiresAt: expiresAt,
      expiresAt,
      endedAt: null,
      endReason: null,
      era: null,
      ip: null,
      userAgent: null,
    };
  }

  /** Of a token that is issued now, at the latest. */
  private endOf({ accessTokenTtl }: OAuthClient): Date {
    return new Date(accessTokenTtl === null ? 8.64e15 : this.clock.now() + accessTokenTtl * 1000);
  }
}
