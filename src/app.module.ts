import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AccountNotices } from './auth/mails/account-notices.js';
import { ReuseNotice } from './auth/mails/reuse-notice.js';
import { AuditedRateLimits } from './auth/audit/audited-rate-limits.js';
import { AuditedTokenEvents } from './auth/audit/audited-token-events.js';
import { AuthModule, type AuthModuleOptions } from './auth/auth.module.js';
import { CommonModule } from './common/common.module.js';
import type { ModuleOverrides } from './common/module-overrides.js';
import { ProblemDetailsFilter } from './common/problem-details/problem-details.filter.js';
import { RequestValidationPipe } from './common/validation/request-validation.pipe.js';
import { ConfigModule } from './config/config.module.js';
import type { LatchkeyConfig } from './config/config.js';
import type { DatabaseConnection } from './database/database.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { MailModule } from './mail/mail.module.js';
import { PushModule } from './push/push.module.js';
import { RedisModule } from './redis/redis.module.js';
import { RateLimitEvents } from './throttling/requests/rate-limit-events.js';
import { ThrottlingModule } from './throttling/throttling.module.js';
import { TokenEvents } from './tokens/token-events.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UsersModule } from './users/users.module.js';

/** Stand-ins for a module's defaults; see each module for what can be replaced. */
export interface AppOverrides {
  readonly database?: ModuleOverrides;
  readonly users?: ModuleOverrides;
  readonly tokens?: ModuleOverrides;
  readonly mail?: ModuleOverrides;
  readonly auth?: AuthModuleOptions;
  readonly throttling?: ModuleOverrides;
  readonly audit?: ModuleOverrides;
}

/** Tokens and throttling know nothing of the audit log. */
const RECORDED = [{ provide: TokenEvents, useClass: AuditedTokenEvents }, ReuseNotice, AccountNotices];
const RECORDED_LIMITS = { provide: RateLimitEvents, useClass: AuditedRateLimits };

/** The composition root. */
@Module({})
export class AppModule {
  /**
   * Everything that the server is made of.
   * @param overrides providers that stand in for defaults, by module
   * @param database stands in for the one that would be opened; closed with the application
   */
  static forRoot(
    config: LatchkeyConfig,
    overrides: AppOverrides = {},
    database?: Promise<DatabaseConnection>,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CommonModule,
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(database, overrides.database),
        RedisModule,
        PushModule,
        UsersModule.forRoot(overrides.users),
        MailModule.forRoot(overrides.mail),
        AuditModule.forRoot(overrides.audit),
        TokensModule.forRoot({ providers: [...RECORDED, ...(overrides.tokens?.providers ?? [])] }),
        ThrottlingModule.forRoot({
          providers: [RECORDED_LIMITS, ...(overrides.throttling?.providers ?? [])],
        }),
        AuthModule.forRoot(overrides.auth),
        AdminModule,
        HealthModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemDetailsFilter },
        { provide: APP_PIPE, useClass: RequestValidationPipe },
      ],
    };
  }
}
