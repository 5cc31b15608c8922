// The public surface: modules to import, ports to replace, guards and decorators to use. Everything else may change.

export { AppModule, type AppOverrides } from './app.module.js';
export { type ApplicationOptions, createApplication } from './create-application.js';

export { CommonModule } from './common/common.module.js';
export { Clock } from './common/clock.js';
export type { ModuleOverrides } from './common/module-overrides.js';
export { Transaction, UnitOfWork } from './common/unit-of-work.js';
export type { Principal } from './common/principal.js';
export { ERROR_CODES, type ErrorCode } from './common/errors/error-code.js';
export { type FieldError, LatchkeyError, UnavailableError } from './common/errors/latchkey-error.js';
export type { ProblemDetails } from './common/problem-details/problem-details.js';
export { ProblemDetailsFilter } from './common/problem-details/problem-details.filter.js';
export { RequestValidationPipe } from './common/validation/request-validation.pipe.js';
export { ApiProblems, ProblemModel } from './common/openapi/api-problems.js';

export { ConfigModule } from './config/config.module.js';
export { ConfigurationError } from './config/configuration-error.js';
export { loadConfig } from './config/load-config.js';
export {
  AppConfig,
  DatabaseConfig,
  HttpConfig,
  type LatchkeyConfig,
  PasswordsConfig,
  RedisConfig,
  ThrottlingConfig,
  TokensConfig,
} from './config/slices.js';

export { type Database, DatabaseConnection, InjectDatabase } from './database/database.js';
export { DatabaseModule } from './database/database.module.js';
export type { Mail, MailData, MailTemplate } from './mail/mail.js';
export { Outbox } from './mail/outbox.js';
export { PushChannel, type PushListener } from './push/push-channel.js';
export { PushModule } from './push/push.module.js';
export { RedisModule } from './redis/redis.module.js';

export { ADMIN_ROLE, type NewUser, type User, USER_ROLE } from './users/user.js';
export { AccountDisabledError, EmailTakenError } from './users/users.errors.js';
export { UsersModule } from './users/users.module.js';
export { UsersRepository } from './users/users.repository.js';
export { UsersService } from './users/users.service.js';

export type { AccessTokenClaims } from './tokens/access/access-token-claims.js';
export {
  type AccessGrant,
  AccessTokenIssuer,
  type IssuedAccessToken,
} from './tokens/access/access-token-issuer.js';
export { AccessTokenVerifier } from './tokens/access/access-token-verifier.js';
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
export { TokenKey } from './tokens/keys/token-key.js';
export type { Revocation, RevocationKind } from './tokens/revocation/revocation.js';
export { RevocationService } from './tokens/revocation/revocation.service.js';
export { RevocationStore, type TokenIdentity } from './tokens/revocation/revocation-store.js';
export { RefreshRotationService } from './tokens/sessions/refresh-rotation.service.js';
export type { Session, SessionEndReason } from './tokens/sessions/session.js';
export {
  RefreshTokenExpiredError,
  RefreshTokenInvalidError,
  RefreshTokenReusedError,
  SessionEndedError,
} from './tokens/sessions/sessions.errors.js';
export {
  type SessionEnding,
  type SessionRotation,
  SessionsRepository,
} from './tokens/sessions/sessions.repository.js';
export { type OpenedSession, SessionsService } from './tokens/sessions/sessions.service.js';
export { TokensModule } from './tokens/tokens.module.js';

export { AllowsPasswordChange, CurrentUser, Public, Roles, Scopes } from './auth/access/access.decorators.js';
export { type AccessRule, AccessRules } from './auth/access/access-rules.js';
export { JwtAuthGuard } from './auth/access/jwt-auth.guard.js';
export { RolesGuard } from './auth/access/roles.guard.js';
export { ScopesGuard } from './auth/access/scopes.guard.js';
export { EndsSession } from './auth/cookies/cookie-mode.decorators.js';
export { RequestTokens } from './auth/cookies/request-tokens.js';
export { AuthModule } from './auth/auth.module.js';
export { PasswordHasher, type PasswordVerification } from './auth/passwords/password-hasher.js';
export { PasswordPolicy, PasswordRejectedError } from './auth/passwords/password-policy.js';
export { SessionTokensService, type TokenPair } from './auth/session/session-tokens.service.js';

export { AdminModule } from './admin/admin.module.js';
export { HealthModule } from './health/health.module.js';
export { type Allowance, RateLimiter } from './throttling/rate-limiter.js';
export { RateLimited } from './throttling/rate-limited.decorator.js';
export { ThrottlingModule } from './throttling/throttling.module.js';
