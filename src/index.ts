// oxlint-disable max-lines -- a list
/**
 * The public surface: modules to import, ports to replace, guards and decorators to use. Everything else may change.
 * @module latchkey
 */

export { LatchkeyModule } from './latchkey.module.js';
export type {
  LatchkeyComposition,
  LatchkeyModuleAsyncOptions,
  LatchkeyModuleOptions,
  LatchkeyOptions,
} from './composition/latchkey-options.js';
export type { LatchkeyRoutes, RouteGroup } from './composition/route-groups.js';
export { createApplication } from './application.js';
export type { ApplicationOptions } from './application-options.js';

export { AfterCommitError } from './common/after-commit.js';
export { CommonModule } from './common/common.module.js';
export { Clock } from './common/clock.js';
export type { ModuleOverrides } from './common/module-overrides.js';
export { Transaction, UnitOfWork, type Write, type Written } from './common/unit-of-work.js';
export { type ClientInfo, clientInfoOf, type HttpRequest } from './common/client-info.js';
export { isOfLatchkey } from './common/is-of-latchkey.js';
export {
  type HashOperation,
  type LogoutOutcome,
  Measurements,
  type RefreshOutcome,
  type RevocationSource,
} from './common/measurements.js';
export type { JsonValue } from './common/json-value.js';
export type { Principal } from './common/principal.js';
export { ERROR_CODES, type ErrorCode } from './common/errors/error-code.js';
export { CallerGoneError } from './common/errors/caller-gone.error.js';
export {
  type CheckOutcome,
  type FieldError,
  LatchkeyError,
  type LatchkeyErrorOptions,
  type OfferedChallenge,
  type ProblemExtensions,
  UnavailableError,
} from './common/errors/latchkey-error.js';
export type { ProblemDetails } from './common/problem-details/problem-details.js';
export { ProblemDetailsFilter } from './common/problem-details/problem-details.filter.js';
export { RequestValidationPipe } from './common/validation/request-validation.pipe.js';
export { ApiProblems, type ApiProblemsOptions, ProblemModel } from './common/openapi/api-problems.js';

export type { Actor, AuditDetails, AuditEvent, AuditEventType, AuditOutcome } from './audit/audit-event.js';
export { AuditModule } from './audit/audit.module.js';
export { AuditSink } from './audit/audit-sink.js';
export type { AuthEvent, AuthEventDetails, AuthEventType } from './audit/events/auth-event.js';
export { type AuthEventListener, AuthEvents } from './audit/events/auth-events.js';
export { PostgresAuditSink } from './audit/postgres-audit-sink.js';

export { ConfigModule } from './config/config.module.js';
export { ConfigurationError } from './config/configuration-error.js';
export type { LatchkeySettings } from './config/latchkey-settings.js';
export { loadConfig } from './config/load-config.js';
export type { MailSenderAddress, MailServer } from './config/mail-url.js';
export type { Quota } from './config/settings/parsers.js';
export type { EnvironmentSource } from './config/read-settings.js';
export {
  AccountThrottlingConfig,
  AppConfig,
  AuditConfig,
  AuthenticationConfig,
  DatabaseConfig,
  HttpConfig,
  type LatchkeyConfig,
  OneTimeTokensConfig,
  MailConfig,
  MetricsConfig,
  PasswordsConfig,
  RedisConfig,
  type SigningAlg,
  ThrottlingConfig,
  TokensConfig,
} from './config/config.js';

export { DatabaseConnection, InjectDatabase, type Listening } from './database/database.js';
export {
  type DatabaseClient,
  HandedInDatabase,
  type PoolUse,
  type PostgresPool,
  type PostgresPoolClient,
} from './database/postgres-pool.js';
export { JoinedTransaction, SharedTransactions } from './database/shared-transactions.js';
export type { SqlReading } from './database/sql-reading.js';
export { DatabaseModule } from './database/database.module.js';
export { handleIn } from './database/handle-in.js';
export type {
  MailRecipient,
  SecurityEventData,
  LinkMail,
  Mail,
  MailData,
  MailTemplate,
} from './mail/mail.js';
export { MailModule } from './mail/mail.module.js';
export { MailTimings } from './mail/sending/mail-timings.js';
export type { MailContent, MailLanguage, MailWords } from './mail/templates/mail-language.js';
export { type MailRequest, MailTemplates, type RenderedMail } from './mail/templates/mail-templates.js';
export { ENGLISH } from './mail/templates/english.js';
export { GERMAN } from './mail/templates/german.js';
export type { MailLayout } from './mail/templates/layout.js';
export { StandardMailTemplates } from './mail/templates/standard-mail-templates.js';
export { MailDeliveryError, Mailer, type MailFailure, type OutgoingMail } from './mail/transport/mailer.js';
export { Outbox, type OutboxDepth } from './mail/outbox.js';
export { PushChannel, type PushListener } from './push/push-channel.js';
export { PushModule } from './push/push.module.js';
export { RedisModule } from './redis/redis.module.js';

export {
  ADMIN_ROLE,
  emailKey,
  type NewUser,
  type PasswordReplacement,
  type User,
  USER_ROLE,
} from './users/user.js';
export {
  AccountDisabledError,
  AttributeNotUniqueError,
  EmailTakenError,
  FieldTakenError,
  LastAdministratorError,
  UnknownRoleError,
  UserFieldsUnusableError,
} from './users/users.errors.js';
export { describeUserFields } from './auth/fields/describe-user-fields.js';
export { UserField, type UserFieldOptions, type UserFieldValues } from './users/fields/user-field.js';
export { type DeclaredUserField, UserFields } from './users/fields/user-fields.js';
export type { UserFieldsTableOptions } from './users/user-fields-table-options.js';
export { UserFieldsStore, type UserWithFields } from './users/user-fields-store.js';
export { UserFieldsTable } from './users/user-fields-table.js';
export { ADMIN_SCOPES, type Role } from './users/role.js';
export { UserDirectory } from './users/user-directory.js';
export { type RoleDeletion, UserRoles } from './users/user-roles.js';
export type { UserFilter, UserList, UserListPosition, UserListQuery, UserSort } from './users/user-list.js';
export { type IdentityLink, IdentityLinks } from './users/identity-links.js';
export { UsersModule } from './users/users.module.js';
export {
  type AttributePage,
  type AttributeRule,
  type NewAccount,
  UsersRepository,
} from './users/users.repository.js';
export { type RegisteredUser, UsersService } from './users/users.service.js';

export type { AccessTokenClaims } from './tokens/access/access-token-claims.js';
export {
  type AccessGrant,
  AccessTokenIssuer,
  type IssuedAccessToken,
} from './tokens/access/access-token-issuer.js';
export { type CustomClaims, CustomClaimsError } from './tokens/access/custom-claims.js';
export { AccessTokenVerifier } from './tokens/access/access-token-verifier.js';
export { VerificationRules } from './tokens/access/verification-rules.js';
export { VerificationKeys } from './tokens/keys/verification-keys.js';
export { RevokedTokens } from './tokens/revocation/revoked-tokens.js';
export {
  AccessTokenExpiredError,
  AccessTokenInvalidError,
  AccessTokenRevokedError,
} from './tokens/access/access-token.errors.js';
export type { ExternalSigner } from './tokens/keys/external-signer.js';
export {
  SigningKeyError,
  type SigningKeySet,
  SigningKeySource,
  type UpcomingKey,
} from './tokens/keys/signing-key-source.js';
export { SigningKeys } from './tokens/keys/signing-keys.js';
export type { AsymmetricAlg } from './tokens/keys/signing-algorithm.js';
export { TokenKey } from './tokens/keys/token-key.js';
export type { OneTimePurpose, OneTimeToken } from './tokens/one-time/one-time-token.js';
export { OneTimeTokenInvalidError } from './tokens/one-time/one-time-tokens.errors.js';
export {
  type ExpectedOneTimeToken,
  OneTimeTokensRepository,
} from './tokens/one-time/one-time-tokens.repository.js';
export {
  type NewTokenRequest,
  type OneTimeTokenRequest,
  OneTimeTokens,
} from './tokens/one-time/one-time-tokens.js';
export type { Revocation, RevocationKind, RevokedEra } from './tokens/revocation/revocation.js';
export { RevocationService } from './tokens/revocation/revocation.service.js';
export { RevocationStore, type TokenIdentity } from './tokens/revocation/revocation-store.js';
export { eraOfTokenId } from './tokens/revocation/token-id.js';
export type { ExpectedHolder } from './tokens/sessions/expected-holder.js';
export { RefreshRotationService } from './tokens/sessions/refresh-rotation.service.js';
export type { GrantBounds, GrantSearch } from './tokens/sessions/grant-search.js';
export type {
  NewSession,
  OpenedSession,
  Session,
  SessionEndReason,
  SessionGrant,
} from './tokens/sessions/session.js';
export type { SessionsToEnd } from './tokens/sessions/session-ender.js';
export type { SessionPage, SessionPosition } from './tokens/sessions/session-page.js';
export {
  RefreshTokenExpiredError,
  RefreshTokenInvalidError,
  RefreshTokenReusedError,
  SessionEndedError,
} from './tokens/sessions/sessions.errors.js';
export {
  type AllToEnd,
  type BegunEra,
  type CreatedBounded,
  ENDED_AT_ONCE,
  type EndedAll,
  type OpenGrant,
  type SessionBound,
  type SessionEnding,
  SessionsRepository,
} from './tokens/sessions/sessions.repository.js';
export type { RotatedSession, SessionRotation } from './tokens/sessions/session-rotation.js';
export {
  type SessionClient,
  SessionsService,
  type SessionToOpen,
} from './tokens/sessions/sessions.service.js';
export {
  type AllSessionsEnded,
  type AskedBy,
  type EndedSessions,
  TokenEvents,
} from './tokens/token-events.js';
export { TokensModule } from './tokens/tokens.module.js';
export { WellKnownModule } from './tokens/jwks/well-known.module.js';

export {
  AllowsPasswordChange,
  Clients,
  CurrentUser,
  Public,
  Roles,
  Scopes,
} from './access/access.decorators.js';
export { bindCaller, callerOf } from './access/transports/caller.js';
export type { Transport } from './access/transports/transport.js';
export { Transports } from './access/transports/transports.js';
export { AcceptsCredentials } from './auth/access/accepts-credentials.decorator.js';
export type { AuthenticatedRequest } from './access/authenticated-request.js';
export { type AccessRule, AccessRules } from './access/access-rules.js';
export { JwtAuthGuard } from './access/jwt-auth.guard.js';
export { LatchkeyGuard } from './access/latchkey.guard.js';
export { RolesGuard } from './access/roles.guard.js';
export { ScopesGuard } from './access/scopes.guard.js';
export { EndsSession } from './auth/cookie-mode/cookie-mode.decorators.js';
export { BoundTokens } from './access/proofs/bound-tokens.js';
export type { DpopCall } from './access/proofs/dpop-call.js';
export { RequestTokens } from './access/request-tokens.js';
export { IdentityRelay } from './relay/identity-relay.js';
export type { RelayOptions } from './relay/relay-options.js';
export { RelayRefusedError, type RelayRefusal } from './relay/relay-refused.error.js';
export { AUTH_FLOWS, AuthModule, type AuthModuleOptions } from './auth/auth.module.js';
export { AccountModule } from './auth/account/account.module.js';
export { OwnAuditModule } from './auth/audit/own-audit.module.js';
export { EmailChangeModule } from './auth/email-change/email-change.module.js';
export { EmailVerificationModule } from './auth/email-verification/email-verification.module.js';
export { ForwardAuthModule } from './auth/forward-auth/forward-auth.module.js';
export { LoginModule } from './auth/login/login.module.js';
export { PasswordResetModule } from './auth/password-reset/password-reset.module.js';
export { ReauthenticationModule } from './auth/reauthentication/reauthentication.module.js';
export { AccountRegistration, type AccountToRegister } from './auth/registration/account-registration.js';
export { RegistrationModule } from './auth/registration/registration.module.js';
export { SessionModule } from './auth/session/session.module.js';
export {
  type HashingLoad,
  PasswordHasher,
  type PasswordVerification,
} from './auth/passwords/password-hasher.js';
export { ContextWordsPolicy } from './auth/passwords/context-words-policy.js';
export { PasswordPolicies } from './auth/passwords/password-policies.js';
export {
  type PasswordContext,
  PasswordPolicy,
  PasswordRejectedError,
} from './auth/passwords/password-policy.js';
export { WorkerPasswordHasher } from './auth/passwords/worker-password-hasher.js';
export { StandardPasswordPolicy } from './auth/passwords/standard-password-policy.js';
export {
  type ClaimsContext,
  ClaimsContributor,
  ClaimsContributors,
  type ClaimsReason,
} from './auth/claims/claims-contributor.js';
export {
  type CredentialRequest,
  type CredentialScheme,
  CredentialStrategies,
  CredentialStrategy,
  type ExternalAccount,
  type IdentifiedCaller,
  type IdentifiedService,
  type IdentifiedUser,
  type PasswordDecision,
  type PasswordLogin,
  type RequestDecision,
} from './auth/credentials/credential-strategy.js';
export { SignInService } from './auth/sign-in/sign-in.service.js';
export { AdmittedLogin, LoginAdmission } from './auth/login-gate/login-admission.js';
export {
  type AnswerDecision,
  type ChallengeAnswer,
  type Login,
  type LoginChallenge,
  type LoginCredential,
  type LoginDecision,
  LoginGate,
  OpenLoginGate,
} from './auth/login-gate/login-gate.js';
export type { TokenPair } from './auth/sign-in/token-pair-issuer.js';

export type { InitialAdmin } from './admin/initial-admin-account.js';
export type { InitialAdminOption } from './admin/initial-admin-start.js';
export { AdminModule } from './admin/admin.module.js';
export type { MetricsOptions } from './metrics/metrics-options.js';
export { HealthModule } from './health/health.module.js';
export { ReadinessModule } from './health/readiness.module.js';
export { Readiness, type ReadinessCheck, type ReadinessReport } from './health/readiness.js';
export {
  AccountThrottle,
  type Attempt,
  type ThrottleSubject,
} from './throttling/account/account-throttle.js';
export { AccountThrottledError } from './throttling/account/account-throttled.error.js';
export { AttemptStore, type CountedAttempt, type Failures } from './throttling/account/attempt-store.js';
export { RateLimitEvents, type SpentQuota } from './throttling/requests/rate-limit-events.js';
export { type Allowance, type LimitName, RateLimiter } from './throttling/requests/rate-limiter.js';
export { RateLimited } from './throttling/requests/rate-limited.decorator.js';
export { ThrottlingModule } from './throttling/throttling.module.js';
