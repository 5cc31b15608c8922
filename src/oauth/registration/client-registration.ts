import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { OAuthConfig } from '../../config/config.js';
import type { ClientSettings } from '../clients/oauth-client.js';
import { type ClientWithSecret, OAuthClients } from '../clients/oauth-clients.js';
import type { InitialAccessToken } from './initial-access-token.js';
import { InitialAccessTokens } from './initial-access-tokens.js';

/** A client that is about to be made. */
export interface PendingRegistration {
  readonly id: string;
  readonly settings: ClientSettings;
  readonly token: InitialAccessToken;
}

/** Applications that register themselves as OAuth clients (RFC 7591), where `OAUTH_REGISTRATION` is on. */
@Injectable()
export class ClientRegistration {
  constructor(
    private readonly config: OAuthConfig,
    private readonly tokens: InitialAccessTokens,
    private readonly clients: OAuthClients,
  ) {}

  get isOn(): boolean {
    return this.config.registration;
  }

  newId(): string {
    return this.clients.newId();
  }

  /** @returns undefined if it is good for nothing */
  findToken(token: string): Promise<InitialAccessToken | undefined> {
    return this.tokens.find(token);
  }

  /** Uses the token and makes the client, or neither. @throws InitialAccessTokenSpentError, InvalidFieldsError */
  register({ id, settings, token }: PendingRegistration, client: ClientInfo): Promise<ClientWithSecret> {
    return this.clients.create(
      settings,
      {
        acting: { actor: { kind: 'anonymous' }, sessionId: null, client },
        details: { initialAccessTokenId: token.id },
        admit: (_transition, transaction) => this.tokens.use(token.id, transaction),
      },
      { id, registeredWith: token.id },
    );
  }
}
