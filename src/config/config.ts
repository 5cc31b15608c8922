import {
  AuditConfig,
  AuthenticationConfig,
  OneTimeTokensConfig,
  RegistrationConfig,
} from './settings/accounts.js';
import { AppConfig } from './settings/app.js';
import { HttpConfig } from './settings/http.js';
import { AccountThrottlingConfig, ThrottlingConfig } from './settings/limits.js';
import { MailConfig } from './settings/mail.js';
import { MetricsConfig } from './settings/metrics.js';
import { OAuthConfig } from './settings/oauth.js';
import { PagesConfig } from './settings/pages.js';
import { PasswordsConfig } from './settings/passwords.js';
import { DatabaseConfig, RedisConfig } from './settings/stores.js';
import { TokensConfig } from './settings/tokens.js';

export {
  AccountThrottlingConfig,
  AppConfig,
  AuditConfig,
  AuthenticationConfig,
  DatabaseConfig,
  HttpConfig,
  MailConfig,
  MetricsConfig,
  OAuthConfig,
  OneTimeTokensConfig,
  PagesConfig,
  PasswordsConfig,
  RedisConfig,
  RegistrationConfig,
  ThrottlingConfig,
  TokensConfig,
};

/** Algorithms (RFC 7518) that tokens may be signed with. */
export type SigningAlg = TokensConfig['signingAlg'];
export type LogLevel = AppConfig['logLevel'];

/** Each part is a class, so that it is its own injection token; all are frozen. Durations are milliseconds. */
export const CONFIGS = {
  app: AppConfig,
  http: HttpConfig,
  database: DatabaseConfig,
  redis: RedisConfig,
  tokens: TokensConfig,
  mail: MailConfig,
  pages: PagesConfig,
  oauth: OAuthConfig,
  passwords: PasswordsConfig,
  throttling: ThrottlingConfig,
  registration: RegistrationConfig,
  authentication: AuthenticationConfig,
  oneTimeTokens: OneTimeTokensConfig,
  accountThrottling: AccountThrottlingConfig,
  audit: AuditConfig,
  metrics: MetricsConfig,
} as const;

/** The whole configuration. What `ConfigModule.forRoot` takes; made from the environment by `loadConfig`. */
export type LatchkeyConfig = { readonly [K in keyof typeof CONFIGS]: InstanceType<(typeof CONFIGS)[K]> };
