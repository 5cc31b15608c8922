import { Injectable } from '@nestjs/common';
import { PASSWORD_CHANGE_SCOPE } from '../../access/password-change-scope.js';
import { STANDARD_SCOPES } from '../../auth/grants/granted-scopes.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { OWN_CLIENT, type Principal } from '../../common/principal.js';
import { OFFLINE_ACCESS, type Session } from '../../tokens/sessions/session.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { ClientTokens } from '../grants/client-tokens.js';
import { type IssuedToken, IssuedTokens } from '../provider/issued-tokens.js';
import { ExchangeRefusedError } from './exchange-refused.error.js';

/** A token that another is given for. */
export interface SubjectToken extends IssuedToken {
  /** The session that it belongs to; of a client by itself one that is stored nowhere. */
  readonly session: Session;
  /** All that it can do. */
  readonly scopes: readonly string[];
}

/** Tokens that are shown to get others for them. */
@Injectable()
export class SubjectTokens {
  constructor(
    private readonly issued: IssuedTokens,
    private readonly sessions: SessionsService,
    private readonly clients: OAuthClients,
    private readonly clientTokens: ClientTokens,
  ) {}

  /**
   * An access token that is good, not revoked, and whose session lives, as its store says.
   * @param jkt thumbprint of the key that was shown with the request
   * @throws ExchangeRefusedError; UnavailableError
   */
  async find(token: string, jkt: string | undefined): Promise<SubjectToken> {
    const known = await this.verified(token);
    const { caller } = known;
    const isBoundElsewhere = caller.jkt !== undefined && caller.jkt !== jkt;
    if (isBoundElsewhere || caller.scopes.includes(PASSWORD_CHANGE_SCOPE)) throw notGood();
    const session = await this.sessionOf(caller);
    if (!session) throw notGood();
    return { ...known, session, scopes: scopesOf(caller) };
  }

  /** Of a client by itself. @throws ExchangeRefusedError unless it is a good token of the client's own */
  async requireOwn(token: string, clientId: string, jkt: string | undefined): Promise<void> {
    const { caller } = await this.find(token, jkt);
    if (!caller.isClient || caller.subject !== clientId)
      throw new ExchangeRefusedError('invalid_request', 'The actor token is none of the client itself.');
  }

  private async verified(token: string): Promise<IssuedToken> {
    try {
      return await this.issued.authenticate(token);
    } catch (error) {
      if (error instanceof LatchkeyError && error.code === 'UNAVAILABLE') throw error;
      throw notGood();
    }
  }

  private async sessionOf(caller: Principal): Promise<Session | undefined> {
    const { sessionId, subject } = caller;
    if (caller.isClient) {
      const client = await this.clients.find(subject);
      return client?.sid === sessionId && !client.disabled ? this.clientTokens.sessionOf(client) : undefined;
    }
    const session = await this.sessions.find(sessionId);
    return session?.subject === subject && session.endedAt === null ? session : undefined;
  }
}

/** A token that Latchkey itself issued to a user names the scopes of roles alone, and can do all of the account. */
function scopesOf({ clientId, scopes }: Principal): readonly string[] {
  const own = clientId === OWN_CLIENT ? [...STANDARD_SCOPES, ...scopes] : scopes;
  return own.filter((scope) => scope !== OFFLINE_ACCESS);
}

/** The same of a token that is forged, too old, revoked, bound to a key, or of a session that has ended. */
function notGood(): ExchangeRefusedError {
  return new ExchangeRefusedError('invalid_request', 'The token is not good.');
}
