import { Global, Module } from '@nestjs/common';
import { AccountErasureModule } from '../auth/account/account-erasure.module.js';
import { AccountLeftovers } from '../auth/account/account-leftovers.js';
import { SignInModule } from '../auth/sign-in/sign-in.module.js';
import { StoragePurge } from '../database/purge/storage-purge.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { ServerMetadata } from '../tokens/jwks/server-metadata.js';
import { OAuthArtifacts } from './artifacts/oauth-artifacts.js';
import { EXPIRED_OAUTH_ARTIFACTS } from './artifacts/oauth-artifacts.table.js';
import { OAuthClientsModule } from './clients/oauth-clients.module.js';
import { OAuthConsents } from './consents/oauth-consents.js';
import { ClientTokens } from './grants/client-tokens.js';
import { GrantOpening } from './grants/grant-opening.js';
import { GrantTokens } from './grants/grant-tokens.js';
import { SessionGrants } from './grants/session-grants.js';
import { Interactions } from './interaction/interactions.js';
import { Accounts } from './provider/accounts.js';
import { AuthorizationServer } from './provider/authorization-server.js';
import { AuthorizationServerMount } from './provider/authorization-server-mount.js';
import { BrowserSessions } from './provider/browser-sessions.js';
import { KnownScopes } from './provider/known-scopes.js';
import { ProviderFactory } from './provider/provider-factory.js';
import { ProviderMetadata } from './provider/provider-metadata.js';
import { ProviderParts, ProviderSettings } from './provider/provider-parts.js';

/** OAuth 2.1 and OpenID Connect: other applications get tokens for users, and for themselves. Nothing below knows of it. */
@Global()
@Module({
  imports: [SecretsModule, SignInModule, OAuthClientsModule, AccountErasureModule],
  providers: [
    OAuthArtifacts,
    OAuthConsents,
    ClientTokens,
    GrantOpening,
    { provide: GrantTokens, useClass: SessionGrants },
    Accounts,
    BrowserSessions,
    KnownScopes,
    ProviderParts,
    ProviderSettings,
    ProviderFactory,
    AuthorizationServer,
    AuthorizationServerMount,
    Interactions,
    { provide: ServerMetadata, useClass: ProviderMetadata },
  ],
  exports: [AuthorizationServer, Interactions, OAuthConsents, ServerMetadata],
})
export class OAuthModule {
  /** @internal */
  constructor(purge: StoragePurge, leftovers: AccountLeftovers, consents: OAuthConsents) {
    purge.declare(EXPIRED_OAUTH_ARTIFACTS);
    leftovers.declare((subject, transaction) => consents.forget(subject, transaction));
  }
}
