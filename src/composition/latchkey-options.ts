import type { FactoryProvider, ModuleMetadata, Provider } from '@nestjs/common';
import type { Transport } from '../access/transports/transport.js';
import type { InitialAdminOption } from '../admin/initial-admin-start.js';
import type { LatchkeyConfig } from '../config/config.js';
import type { LatchkeySettings } from '../config/latchkey-settings.js';
import type { HandedInDatabase } from '../database/postgres-pool.js';
import type { RelayOptions } from '../relay/relay-options.js';
import type { MetricsOptions } from '../metrics/metrics-options.js';
import type { UserFields } from '../users/fields/user-fields.js';
import type { LatchkeyRoutes } from './route-groups.js';

/** What an application is made of: decided before anything can be injected. */
export interface LatchkeyComposition {
  /** Which of Latchkey's routes there are; `false`: none. Default: all. */
  readonly routes?: false | LatchkeyRoutes | undefined;
  /**
   * What stands in for a default, by the same token, wherever in Latchkey that is; and what these inject themselves.
   * @example [LdapClient, { provide: UsersRepository, useClass: LdapUsersRepository }]
   */
  readonly providers?: readonly Provider[] | undefined;
  /**
   * The first administrator is made when the application starts and there is none. `true` tells the one-time password on standard
   * output, in production by the file `initial-admin.txt` in `DATA_DIR`; a function is told in its place; `false` makes none.
   * Default: `true`.
   */
  readonly initialAdmin?: InitialAdminOption | undefined;
  /** A team's own fields of users. Default: none. @example UserFields.of(StaffFields) */
  readonly fields?: UserFields | undefined;
  /**
   * Whether the guards hold for the application's own routes, too, so that each needs an access token unless it is `@Public()`.
   * `false`: the application guards its routes itself, e.g. by `@UseGuards(LatchkeyGuard)`; Latchkey's own stay protected.
   * Default: `true`.
   */
  readonly globalGuards?: boolean | undefined;
  /**
   * What else than HTTP the guards and decorators hold for: gRPC, GraphQL, WebSockets. Default: nothing; such calls are refused.
   * @example [grpc()]
   */
  readonly transports?: readonly Transport[] | undefined;
  /**
   * Has `IdentityRelay` and `relayIdentity()` call other services on behalf of callers. Default: they relay nothing.
   * @example { service: 'shop', to: ['https://billing.internal', 'grpcs://stock.internal:50051'] }
   */
  readonly relay?: RelayOptions | undefined;
  /** Whether errors of the application's own routes are answered as problem details, too. Default: `true`. */
  readonly globalFilter?: boolean | undefined;
  /** Whether what is sent to the application's own routes is held against the rules of its classes, too. Default: `true`. */
  readonly globalPipe?: boolean | undefined;
  /**
   * Whether the application counts for Prometheus, and answers `GET /metrics` (docs/metrics.md). Needs nothing but memory. Default:
   * `false`, in the server of `createApplication` `true`.
   * @example { registry: register } // of prom-client
   */
  readonly metrics?: boolean | MetricsOptions | undefined;
  /**
   * Whether the application has the pages for people: `GET /`, `/account` and those of mailed links (docs/pages.md). They need the routes
   * that they are for. Default: `false`, in the server of `createApplication` as `ACCOUNT_PAGES` says.
   */
  readonly pages?: boolean | undefined;
  /** Whether the application is an authorization server, at `/oauth` (docs/oauth.md). Default: `false`, in the server of
   * `createApplication` as `OAUTH` says.
   */
  readonly oauth?: boolean | undefined;
  /** Modules whose exports `providers` and `useFactory` inject. */
  readonly imports?: ModuleMetadata['imports'];
}

/**
 * Each setting by its name in the environment, as `accessTokenTtl` for `ACCESS_TOKEN_TTL`, but for those of the server alone; or all of
 * them read already.
 */
export interface LatchkeyOptions extends LatchkeySettings {
  /** What `loadConfig()` read of the environment, in place of single settings. Default: the environment is not read. */
  readonly config?: LatchkeyConfig | undefined;
  /**
   * A database of the application's own, in place of `databaseUrl`, which is not read then; in its schema `databaseSchema`.
   * @example { pool: new pg.Pool({ connectionString }) }
   */
  readonly database?: HandedInDatabase | undefined;
}

/** What `LatchkeyModule.forRoot` takes. */
export interface LatchkeyModuleOptions extends LatchkeyOptions, LatchkeyComposition {}

/** What `LatchkeyModule.forRootAsync` takes. */
export interface LatchkeyModuleAsyncOptions extends LatchkeyComposition {
  /** What `useFactory` is given. */
  readonly inject?: FactoryProvider['inject'];
  /** Gives the settings, when the application starts. */
  readonly useFactory: (...injected: never[]) => LatchkeyOptions | Promise<LatchkeyOptions>;
}
