import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type ModuleOverrides, withOverrides } from '../common/module-overrides.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AccessRules } from './access/access-rules.js';
import { JwtAuthGuard } from './access/jwt-auth.guard.js';
import { JwtStrategy } from './access/jwt.strategy.js';
import { RolesGuard } from './access/roles.guard.js';
import { ScopesGuard } from './access/scopes.guard.js';
import { AccountController } from './account/account.controller.js';
import { AccountService } from './account/account.service.js';
import { AuthCookies } from './cookies/auth-cookies.js';
import { CsrfController } from './cookies/csrf.controller.js';
import { CsrfProtection } from './cookies/csrf-protection.js';
import { CsrfTokens } from './cookies/csrf-tokens.js';
import { RequestTokens } from './cookies/request-tokens.js';
import { TokenCookies } from './cookies/token-cookies.js';
import { ForwardAuthController } from './forward-auth/forward-auth.controller.js';
import { LoginController } from './login/login.controller.js';
import { LoginService } from './login/login.service.js';
import { CommonPasswordsPolicy } from './passwords/common-passwords-policy.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { WorkerPasswordHasher } from './passwords/worker-password-hasher.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';
import { SessionController } from './session/session.controller.js';
import { SessionTokensService } from './session/session-tokens.service.js';

/**
 * The flows over HTTP, and the guards that protect every route of the application unless it is `@Public()`.
 * Replaceable: `PasswordHasher`, `PasswordPolicy`, `JwtAuthGuard`, `RolesGuard`, `ScopesGuard`.
 */
@Module({})
export class AuthModule {
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: AuthModule,
      imports: [SecretsModule],
      global: true,
      // In the order in which Swagger UI shows the routes of a tag.
      controllers: [
        RegistrationController,
        LoginController,
        SessionController,
        CsrfController,
        AccountController,
        ForwardAuthController,
      ],
      providers: withOverrides(
        [
          AccessRules,
          AuthCookies,
          CsrfTokens,
          CsrfProtection,
          RequestTokens,
          TokenCookies,
          JwtAuthGuard,
          RolesGuard,
          ScopesGuard,
          { provide: APP_GUARD, useExisting: JwtAuthGuard },
          { provide: APP_GUARD, useExisting: RolesGuard },
          { provide: APP_GUARD, useExisting: ScopesGuard },
          JwtStrategy,
          { provide: PasswordHasher, useClass: WorkerPasswordHasher },
          { provide: PasswordPolicy, useClass: CommonPasswordsPolicy },
          RegistrationService,
          LoginService,
          SessionTokensService,
          AccountService,
        ],
        options,
      ),
      exports: [PasswordHasher, PasswordPolicy, RequestTokens, AuthCookies],
    };
  }
}
