import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type ModuleOverrides, withOverrides } from '../common/module-overrides.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AccessRules } from './access/access-rules.js';
import { JwtAuthGuard } from './access/jwt-auth.guard.js';
import { JwtStrategy } from './access/jwt.strategy.js';
import { OptionalCaller } from './access/optional-caller.js';
import { RequestTokens } from './access/request-tokens.js';
import { RolesGuard } from './access/roles.guard.js';
import { ScopesGuard } from './access/scopes.guard.js';
import { ThrottleAudit } from './audit/throttle-audit.js';
import { AuthCookies } from './cookies/auth-cookies.js';
import { CsrfProtection } from './cookies/csrf-protection.js';
import { CsrfTokens } from './cookies/csrf-tokens.js';
import { BreachedPasswordsPolicy } from './passwords/breached-passwords-policy.js';
import { NewPassword } from './passwords/new-password.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { StandardPasswordPolicy } from './passwords/standard-password-policy.js';
import { WorkerPasswordHasher } from './passwords/worker-password-hasher.js';

/** What every flow stands on: the guards of the application, the cookies they read, and passwords. */
@Module({})
export class AuthCoreModule {
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: AuthCoreModule,
      imports: [SecretsModule],
      global: true,
      providers: withOverrides(
        [
          AccessRules,
          AuthCookies,
          CsrfTokens,
          CsrfProtection,
          RequestTokens,
          OptionalCaller,
          JwtAuthGuard,
          RolesGuard,
          ScopesGuard,
          { provide: APP_GUARD, useExisting: JwtAuthGuard },
          { provide: APP_GUARD, useExisting: RolesGuard },
          { provide: APP_GUARD, useExisting: ScopesGuard },
          JwtStrategy,
          { provide: PasswordHasher, useClass: WorkerPasswordHasher },
          BreachedPasswordsPolicy,
          StandardPasswordPolicy,
          { provide: PasswordPolicy, useExisting: StandardPasswordPolicy },
          NewPassword,
          ThrottleAudit,
        ],
        options,
      ),
      exports: [
        AuthCookies,
        CsrfProtection,
        CsrfTokens,
        NewPassword,
        OptionalCaller,
        PasswordHasher,
        PasswordPolicy,
        RequestTokens,
        ThrottleAudit,
      ],
    };
  }
}
