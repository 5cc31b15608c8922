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
import { AccountDataController } from './account/account-data.controller.js';
import { AccountDataService } from './account/account-data.service.js';
import { AccountErasure } from './account/account-erasure.js';
import { AccountService } from './account/account.service.js';
import { CallerAccount } from './reauthentication/caller-account.js';
import { PasswordConfirmation } from './reauthentication/password-confirmation.js';
import { EmailChangeController } from './email-change/email-change.controller.js';
import { EmailChangeService } from './email-change/email-change.service.js';
import { EmailVerificationController } from './email-verification/email-verification.controller.js';
import { EmailVerificationService } from './email-verification/email-verification.service.js';
import { OwnAuditController } from './audit/own-audit.controller.js';
import { AuthCookies } from './cookies/auth-cookies.js';
import { CookieMode } from './cookie-mode/cookie-mode.js';
import { CsrfController } from './cookie-mode/csrf.controller.js';
import { CsrfProtection } from './cookies/csrf-protection.js';
import { CsrfTokens } from './cookies/csrf-tokens.js';
import { PreviousSession } from './cookie-mode/previous-session.js';
import { RequestTokens } from './access/request-tokens.js';
import { TokenCookies } from './cookie-mode/token-cookies.js';
import { ForwardAuthController } from './forward-auth/forward-auth.controller.js';
import { DeviceCookie } from './login/device-cookie.js';
import { LockoutNotice } from './notices/lockout-notice.js';
import { LoginAttempts } from './login/login-attempts.js';
import { LoginController } from './login/login.controller.js';
import { LoginService } from './login/login.service.js';
import { NewDeviceNotice } from './notices/new-device-notice.js';
import { ThrottleAudit } from './audit/throttle-audit.js';
import { BreachedPasswordsPolicy } from './passwords/breached-passwords-policy.js';
import { AccountMails } from './mails/account-mails.js';
import { PasswordResetController } from './password-reset/password-reset.controller.js';
import { PasswordResetService } from './password-reset/password-reset.service.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { StandardPasswordPolicy } from './passwords/standard-password-policy.js';
import { WorkerPasswordHasher } from './passwords/worker-password-hasher.js';
import { ReauthenticationController } from './reauthentication/reauthentication.controller.js';
import { StepUpPolicy } from './reauthentication/step-up-policy.js';
import { FirstSession } from './registration/first-session.js';
import { Invitations } from './registration/invitations.js';
import { OneTimeRegistrationController } from './registration/one-time-registration.controller.js';
import { PendingRegistrations } from './registration/pending-registrations.js';
import { VerifiedRegistration } from './registration/verified-registration.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';
import { SessionController } from './session/session.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';

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
        OneTimeRegistrationController,
        LoginController,
        SessionController,
        ReauthenticationController,
        CsrfController,
        AccountController,
        AccountDataController,
        PasswordResetController,
        EmailVerificationController,
        EmailChangeController,
        OwnAuditController,
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
          CookieMode,
          PreviousSession,
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
          RegistrationService,
          VerifiedRegistration,
          PendingRegistrations,
          Invitations,
          FirstSession,
          LoginService,
          NewDeviceNotice,
          LoginAttempts,
          LockoutNotice,
          ThrottleAudit,
          DeviceCookie,
          PasswordConfirmation,
          StepUpPolicy,
          SignInService,
          CallerAccount,
          AccountService,
          AccountErasure,
          AccountDataService,
          AccountMails,
          PasswordResetService,
          EmailVerificationService,
          EmailChangeService,
        ],
        options,
      ),
      exports: [
        AccountErasure,
        Invitations,
        PasswordHasher,
        PasswordPolicy,
        PasswordResetService,
        RequestTokens,
        AuthCookies,
      ],
    };
  }
}
