import { Global, Module } from '@nestjs/common';
import { BoundTokens } from '../access/proofs/bound-tokens.js';
import { TrustedClientsModule } from '../auth/forward-auth/trusted-clients.module.js';
import { SessionClientsModule } from '../auth/session/session-clients.module.js';
import { SignInModule } from '../auth/sign-in/sign-in.module.js';
import { StoragePurge } from '../database/purge/storage-purge.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { ServerMetadata } from '../tokens/jwks/server-metadata.js';
import { DeviceCodes } from './artifacts/device-codes.js';
import { OAuthArtifacts } from './artifacts/oauth-artifacts.js';
import { EXPIRED_OAUTH_ARTIFACTS } from './artifacts/oauth-artifacts.table.js';
import { PairwiseKey } from './clients/pairwise-key.js';
import { PairwiseSubjects } from './clients/pairwise-subjects.js';
import { OAuthClientsModule } from './clients/oauth-clients.module.js';
import { ConsentRecordsModule } from './consents/consent-records.module.js';
import { ExchangeGrant } from './exchange/exchange-grant.js';
import { SubjectTokens } from './exchange/subject-tokens.js';
import { TokenExchange } from './exchange/token-exchange.js';
import { ClientTokens } from './grants/client-tokens.js';
import { GrantOpening } from './grants/grant-opening.js';
import { GrantRecords } from './grants/grant-records.js';
import { GrantTokens } from './grants/grant-tokens.js';
import { NamedSessionClients } from './grants/named-session-clients.js';
import { SessionGrants } from './grants/session-grants.js';
import { TrustedFirstParty } from './grants/trusted-first-party.js';
import { Interactions } from './interaction/interactions.js';
import { LogoutRequests } from './interaction/logout-requests.js';
import { BackchannelLogout } from './logout/backchannel-logout.js';
import { LogoutDelivery } from './logout/logout-delivery.js';
import { LogoutNotices } from './logout/logout-notices.js';
import { EXPIRED_OAUTH_LOGOUTS } from './logout/logout-notices.table.js';
import { LogoutPost } from './logout/logout-post.js';
import { LogoutSender } from './logout/logout-sender.js';
import { LogoutTokens } from './logout/logout-tokens.js';
import { ClientRegistration } from './registration/client-registration.js';
import { Accounts } from './provider/accounts.js';
import { defineAcr } from './provider/authentication-context.js';
import { AuthorizationServer } from './provider/authorization-server.js';
import { AuthorizationServerMount } from './provider/authorization-server-mount.js';
import { BrowserSessions } from './provider/browser-sessions.js';
import { ClientAdmission } from './provider/client-admission.js';
import { CurrentProvider } from './provider/current-provider.js';
import { pacedDeviceFlow } from './provider/device-flow.js';
import { IssuedTokens } from './provider/issued-tokens.js';
import { requireIdTokenHints } from './provider/id-token-hints.js';
import { FailureLog } from './provider/failure-log.js';
import { KnownScopes } from './provider/known-scopes.js';
import { ErrorPages } from './provider/error-pages.js';
import { LogoutFlow } from './provider/logout-flow.js';
import { EndpointLimits } from './provider/endpoint-limits.js';
import { strictRequests } from './provider/strict-requests.js';
import { limitedClients } from './provider/limited-clients.js';
import { PlainTokenAnswers } from './provider/plain-token-answers.js';
import { ProviderExtensions } from './provider/provider-extensions.js';
import { ProviderFactory } from './provider/provider-factory.js';
import { ProviderMetadata } from './provider/provider-metadata.js';
import { ProviderParts, ProviderSettings } from './provider/provider-parts.js';
import { Refusals } from './provider/refusals.js';

/** OAuth 2.1 and OpenID Connect: other applications get tokens for users, and for themselves. Nothing below knows of it. */
@Global()
@Module({
  imports: [
    SecretsModule,
    SignInModule,
    OAuthClientsModule,
    ConsentRecordsModule,
    SessionClientsModule,
    TrustedClientsModule,
  ],
  providers: [
    OAuthArtifacts,
    DeviceCodes,
    ClientTokens,
    GrantOpening,
    NamedSessionClients,
    TrustedFirstParty,
    GrantRecords,
    PairwiseKey,
    PairwiseSubjects,
    LogoutNotices,
    LogoutTokens,
    LogoutPost,
    BackchannelLogout,
    LogoutDelivery,
    LogoutSender,
    ErrorPages,
    LogoutFlow,
    LogoutRequests,
    { provide: GrantTokens, useClass: SessionGrants },
    Accounts,
    BrowserSessions,
    IssuedTokens,
    KnownScopes,
    ClientRegistration,
    ProviderParts,
    ProviderSettings,
    EndpointLimits,
    ClientAdmission,
    PlainTokenAnswers,
    FailureLog,
    CurrentProvider,
    ProviderExtensions,
    Refusals,
    SubjectTokens,
    TokenExchange,
    ExchangeGrant,
    ProviderFactory,
    AuthorizationServer,
    AuthorizationServerMount,
    Interactions,
    { provide: ServerMetadata, useClass: ProviderMetadata },
  ],
  exports: [AuthorizationServer, DeviceCodes, ErrorPages, Interactions, LogoutRequests, ServerMetadata],
})
export class OAuthModule {
  /** @internal */
  constructor(
    purge: StoragePurge,
    extensions: ProviderExtensions,
    deviceCodes: DeviceCodes,
    admission: ClientAdmission,
    bound: BoundTokens,
  ) {
    bound.offer();
    purge.declare(EXPIRED_OAUTH_ARTIFACTS, EXPIRED_OAUTH_LOGOUTS);
    extensions.declare(
      pacedDeviceFlow(deviceCodes),
      limitedClients(admission),
      strictRequests,
      defineAcr,
      requireIdTokenHints,
    );
  }
}
