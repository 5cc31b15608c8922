import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { Transport } from '../access/transports/transport.js';
import type { RelayOptions } from '../relay/relay-options.js';
import type { ModuleOverrides } from '../common/module-overrides.js';
import { UserFields } from '../users/fields/user-fields.js';
import { AccountModule } from './account/account.module.js';
import { OwnAuditModule } from './audit/own-audit.module.js';
import { API_PREFIX, apiRoutes } from './api-routes.js';
import { AuthCoreModule } from './auth-core.module.js';
import { CookieModeModule } from './cookie-mode/cookie-mode.module.js';
import { EmailChangeModule } from './email-change/email-change.module.js';
import { EmailVerificationModule } from './email-verification/email-verification.module.js';
import { ForwardAuthModule } from './forward-auth/forward-auth.module.js';
import { LoginChallengeModule } from './login-challenge/login-challenge.module.js';
import { LoginModule } from './login/login.module.js';
import { PasswordResetModule } from './password-reset/password-reset.module.js';
import { ReauthenticationModule } from './reauthentication/reauthentication.module.js';
import { AccountRegistrationModule } from './registration/account-registration.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { RevocationFeedModule } from './revocation-feed/revocation-feed.module.js';
import { SessionModule } from './session/session.module.js';

/** Every flow over HTTP, in the order in which Swagger UI shows the routes of a tag. */
export const AUTH_FLOWS: readonly Type[] = [
  RegistrationModule,
  LoginModule,
  LoginChallengeModule,
  SessionModule,
  ReauthenticationModule,
  AccountModule,
  PasswordResetModule,
  EmailVerificationModule,
  EmailChangeModule,
  OwnAuditModule,
  ForwardAuthModule,
  RevocationFeedModule,
];

/** Those whose routes are below the prefix. */
export const MODULES_WITH_API: readonly Type[] = [...AUTH_FLOWS, CookieModeModule];

/** What `AuthModule.forRoot` takes. */
export interface AuthModuleOptions extends ModuleOverrides {
  /**
   * The flows to have, if not all.
   * @example AUTH_FLOWS.filter((flow) => flow !== ForwardAuthModule)
   */
  readonly flows?: readonly Type[];
  /** A team's own fields of users; by default there are none. @example UserFields.of(StaffFields) */
  readonly fields?: UserFields;
  /** Below which the routes are. Default: `api`. */
  readonly prefix?: string;
  /** `false`: the guards protect Latchkey's own routes only. Default: `true`. */
  readonly globalGuards?: boolean;
  /** What else than HTTP the guards hold for. Default: nothing; such calls are refused. */
  readonly transports?: readonly Transport[] | undefined;
  /** Has `IdentityRelay` call other services on behalf of callers. Default: it relays nothing. */
  readonly relay?: RelayOptions | undefined;
}

/**
 * The flows over HTTP, and the guards that protect every route of the application unless it is `@Public()` (`globalGuards`).
 * Replaceable: `CredentialStrategy`, `LoginGate`, `PasswordHasher`, `PasswordPolicy`, `ClaimsContributor`, `JwtAuthGuard`, `RolesGuard`,
 * `ScopesGuard`.
 */
@Module({})
export class AuthModule {
  /**
   * Guards and the flows.
   * @param options may leave flows out, name a team's own fields, and replace what they are made of
   */
  static forRoot({
    flows = AUTH_FLOWS,
    fields = UserFields.NONE,
    prefix = API_PREFIX,
    globalGuards = true,
    transports = [],
    relay,
    ...overrides
  }: AuthModuleOptions = {}): DynamicModule {
    const core = AuthCoreModule.forRoot(
      { fields, prefix, globalGuards, globalPipe: true, transports, relay },
      overrides,
    );
    return {
      module: AuthModule,
      imports: [core, AccountRegistrationModule, ...flows, apiRoutes(MODULES_WITH_API, prefix)],
    };
  }
}
