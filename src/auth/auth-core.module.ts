import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, ApplicationConfig } from '@nestjs/core';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { ExtendedBodies } from '../common/validation/extended-bodies.js';
import { OWN_BODY_RULES } from '../common/validation/own-routes.pipe.js';
import { RequestValidationPipe } from '../common/validation/request-validation.pipe.js';
import { HttpConfig } from '../config/config.js';
import { IdentityRelay } from '../relay/identity-relay.js';
import type { RelayOptions } from '../relay/relay-options.js';
import { relayProviders } from '../relay/relay-providers.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { UserFields } from '../users/fields/user-fields.js';
import { RequestCredentials } from '../access/request-credentials.js';
import { RequestTokens } from '../access/request-tokens.js';
import { EventStreams } from '../access/transports/event-streams.js';
import { messageHandlerProviders } from '../access/transports/message-handler-providers.js';
import { OpenCalls } from '../access/transports/open-calls.js';
import type { Transport } from '../access/transports/transport.js';
import { Transports } from '../access/transports/transports.js';
import { AccessRules } from '../access/access-rules.js';
import { JwtAuthGuard } from '../access/jwt-auth.guard.js';
import { BoundTokens } from '../access/proofs/bound-tokens.js';
import { ofOwnRoutes } from './access/of-own-routes.js';
import { JwtStrategy } from './access/jwt.strategy.js';
import { OptionalCaller } from './access/optional-caller.js';
import { BrowserRequestTokens } from './access/browser-request-tokens.js';
import { RolesGuard } from '../access/roles.guard.js';
import { ScopesGuard } from '../access/scopes.guard.js';
import { ThrottleAudit } from './audit/throttle-audit.js';
import { ClaimsContributor, ClaimsContributors } from './claims/claims-contributor.js';
import { TokenClaims } from './claims/token-claims.js';
import { CredentialFailures } from './credentials/credential-failures.js';
import { CredentialStrategies, CredentialStrategy } from './credentials/credential-strategy.js';
import { ExternalLogins } from './credentials/external-logins.js';
import { ExternalPasswords } from './credentials/external-passwords.js';
import { ExternalRoles } from './credentials/external-roles.js';
import { ExternalUsers } from './credentials/external-users.js';
import { KeyedUsers } from './credentials/keyed-users.js';
import { KnownPassword } from './credentials/known-password.js';
import { StrategyCredentials } from './credentials/strategy-credentials.js';
import { ApiPaths } from './cookies/api-paths.js';
import { AuthCookies } from './cookies/auth-cookies.js';
import { CsrfProtection } from './cookies/csrf-protection.js';
import { CsrfTokens } from './cookies/csrf-tokens.js';
import { FieldIndex } from './fields/field-index.js';
import { FieldChanges } from './fields/field-changes.js';
import { OwnFields } from './fields/own-fields.js';
import { UserFieldBodies } from './fields/user-field-bodies.js';
import { SealedPositions } from './lists/sealed-positions.js';
import { LoginGate, OpenLoginGate } from './login-gate/login-gate.js';
import { BreachedPasswordsPolicy } from './passwords/breached-passwords-policy.js';
import { PresentFlows } from './flows/present-flows.js';
import { NewPassword } from './passwords/new-password.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { StandardPasswordPolicy } from './passwords/standard-password-policy.js';
import { WorkerPasswordHasher } from './passwords/worker-password-hasher.js';

/** What is said of all flows together. */
interface AuthCoreOptions {
  /** A team's own, of users. */
  readonly fields: UserFields;
  /** Below which the routes are. */
  readonly prefix: string;
  /** Whether the guards hold for the application's own routes, too. */
  readonly globalGuards: boolean;
  /** Of the application's gRPC, GraphQL and WebSockets. */
  readonly transports: readonly Transport[];
  /** To whom the identity of callers may be sent. */
  readonly relay: RelayOptions | undefined;
  /** Whether the bodies of the application's own routes are held against the rules of Latchkey's, too. */
  readonly globalPipe: boolean;
}

/** What every flow stands on: the guards of the application, the cookies they read, and passwords. */
@Module({})
export class AuthCoreModule {
  static forRoot(
    { fields, prefix, globalGuards, globalPipe, transports, relay }: AuthCoreOptions,
    options?: ModuleOverrides,
  ): DynamicModule {
    const bodies = globalPipe ? [] : [{ provide: OWN_BODY_RULES, useClass: RequestValidationPipe }];
    return {
      module: AuthCoreModule,
      imports: withImports([SecretsModule], options),
      global: true,
      providers: withOverrides(
        [
          AccessRules,
          {
            provide: ApiPaths,
            inject: [HttpConfig, ApplicationConfig],
            useFactory: (http: HttpConfig, application: ApplicationConfig) =>
              new ApiPaths(http, application, prefix),
          },
          AuthCookies,
          CsrfTokens,
          CsrfProtection,
          { provide: Transports, useValue: Transports.of(transports) },
          OpenCalls,
          EventStreams,
          ...messageHandlerProviders(globalGuards),
          ...relayProviders(relay),
          ...transports.flatMap(({ providers = [] }) => providers),
          { provide: RequestTokens, useClass: BrowserRequestTokens },
          { provide: CredentialStrategy, useFactory: () => new CredentialStrategies([]) },
          CredentialFailures,
          KeyedUsers,
          StrategyCredentials,
          { provide: RequestCredentials, useExisting: StrategyCredentials },
          ExternalPasswords,
          ExternalUsers,
          ExternalRoles,
          ExternalLogins,
          KnownPassword,
          OptionalCaller,
          BoundTokens,
          JwtAuthGuard,
          RolesGuard,
          ScopesGuard,
          ...[JwtAuthGuard, RolesGuard, ScopesGuard].map((guard) =>
            globalGuards ? { provide: APP_GUARD, useExisting: guard } : ofOwnRoutes(guard),
          ),
          ...bodies,
          JwtStrategy,
          { provide: LoginGate, useClass: OpenLoginGate },
          { provide: PasswordHasher, useClass: WorkerPasswordHasher },
          BreachedPasswordsPolicy,
          StandardPasswordPolicy,
          { provide: PasswordPolicy, useExisting: StandardPasswordPolicy },
          NewPassword,
          ThrottleAudit,
          { provide: ClaimsContributor, useFactory: () => new ClaimsContributors([]) },
          TokenClaims,
          PresentFlows,
          { provide: UserFields, useValue: fields },
          OwnFields,
          FieldChanges,
          FieldIndex,
          UserFieldBodies,
          SealedPositions,
          { provide: ExtendedBodies, useExisting: UserFieldBodies },
        ],
        options,
      ),
      exports: [
        ...bodies.map(({ provide }) => provide),
        AccessRules,
        ApiPaths,
        AuthCookies,
        BoundTokens,
        CsrfProtection,
        CsrfTokens,
        ExtendedBodies,
        ExternalLogins,
        FieldChanges,
        IdentityRelay,
        JwtAuthGuard,
        KnownPassword,
        LoginGate,
        NewPassword,
        OptionalCaller,
        OwnFields,
        PasswordHasher,
        PasswordPolicy,
        PresentFlows,
        RequestCredentials,
        RequestTokens,
        RolesGuard,
        ScopesGuard,
        SealedPositions,
        ThrottleAudit,
        TokenClaims,
        Transports,
        UserFieldBodies,
        UserFields,
      ],
    };
  }
}
