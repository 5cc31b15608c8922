import { ConfigurableModuleBuilder, Global, Module, type Provider, type Type } from '@nestjs/common';
import {
  AccountThrottlingConfig,
  AppConfig,
  AuditConfig,
  AuthenticationConfig,
  DatabaseConfig,
  HttpConfig,
  type LatchkeyConfig,
  OneTimeTokensConfig,
  RegistrationConfig,
  MailConfig,
  PasswordsConfig,
  RedisConfig,
  ThrottlingConfig,
  TokensConfig,
} from './slices.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<LatchkeyConfig>()
  .setClassMethodName('forRoot')
  .build();

const SLICES = new Map<abstract new () => object, keyof LatchkeyConfig>([
  [AppConfig, 'app'],
  [HttpConfig, 'http'],
  [DatabaseConfig, 'database'],
  [RedisConfig, 'redis'],
  [TokensConfig, 'tokens'],
  [MailConfig, 'mail'],
  [PasswordsConfig, 'passwords'],
  [ThrottlingConfig, 'throttling'],
  [AuthenticationConfig, 'authentication'],
  [OneTimeTokensConfig, 'oneTimeTokens'],
  [RegistrationConfig, 'registration'],
  [AccountThrottlingConfig, 'accountThrottling'],
  [AuditConfig, 'audit'],
]);

const providers: Provider[] = [...SLICES].map(([token, slice]) => ({
  provide: token as Type,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (config: LatchkeyConfig) => config[slice],
}));

/** Makes each slice of the configuration injectable by its class. `forRoot(loadConfig())` reads the environment. */
@Global()
@Module({ providers, exports: [...SLICES.keys()] })
export class ConfigModule extends ConfigurableModuleClass {}
