import { type DynamicModule, type FactoryProvider, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TransportAnswers } from './access/transports/transport-answers.js';
import { AdminModule } from './admin/admin.module.js';
import { AdminUserFieldsModule } from './admin/fields/admin-user-fields.module.js';
import { InitialAdminModule } from './admin/initial-admin.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuditedRateLimits } from './auth/audit/audited-rate-limits.js';
import { AuditedTokenEvents } from './auth/audit/audited-token-events.js';
import { API_PREFIX, apiRoutes } from './auth/api-routes.js';
import { AuthCoreModule } from './auth/auth-core.module.js';
import { MODULES_WITH_API } from './auth/auth.module.js';
import { AccountNotices } from './auth/mails/account-notices.js';
import { ReuseNotice } from './auth/mails/reuse-notice.js';
import { AccountRegistrationModule } from './auth/registration/account-registration.module.js';
import { CommonModule } from './common/common.module.js';
import { Measurements } from './common/measurements.js';
import type { ModuleOverrides } from './common/module-overrides.js';
import { OtherAnswers } from './common/problem-details/other-answers.js';
import { ProblemDetailsFilter } from './common/problem-details/problem-details.filter.js';
import { RequestValidationPipe } from './common/validation/request-validation.pipe.js';
import { checkComposition, configOf, splitOptions } from './composition/check-options.js';
import { LATCHKEY_OPTIONS, LatchkeyOptionsModule } from './composition/latchkey-options.module.js';
import type {
  LatchkeyComposition,
  LatchkeyModuleAsyncOptions,
  LatchkeyModuleOptions,
  LatchkeyOptions,
} from './composition/latchkey-options.js';
import { modulesOnRequest } from './composition/modules-on-request.js';
import { modulesWithRoutes } from './composition/route-groups.js';
import { type ReplaceableModule, routeProviders } from './composition/routed-providers.js';
import { TeamModule } from './composition/team.module.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { HandedInDatabase } from './database/postgres-pool.js';
import { ReadinessModule } from './health/readiness.module.js';
import { MailModule } from './mail/mail.module.js';
import { OAuthClientsModule } from './oauth/clients/oauth-clients.module.js';
import { ConsentRecordsModule } from './oauth/consents/consent-records.module.js';
import { PushModule } from './push/push.module.js';
import { ResumedSessionModule } from './pages/resumed-session.module.js';
import { RedisModule } from './redis/redis.module.js';
import { RateLimitEvents } from './throttling/requests/rate-limit-events.js';
import { ThrottlingModule } from './throttling/throttling.module.js';
import { TokenEvents } from './tokens/token-events.js';
import { TokensModule } from './tokens/tokens.module.js';
import { COUNTED_MEASUREMENTS, MetricsCoreModule } from './metrics/metrics-core.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import type { MetricsOptions } from './metrics/metrics-options.js';
import { UserFields } from './users/fields/user-fields.js';
import { UsersModule } from './users/users.module.js';

/** Tokens and throttling know nothing of the audit log. */
const RECORDED = [{ provide: TokenEvents, useClass: AuditedTokenEvents }, ReuseNotice, AccountNotices];
const HANDED_IN = [
  {
    provide: HandedInDatabase,
    inject: [LATCHKEY_OPTIONS],
    useFactory: ({ database }: LatchkeyOptions) => database,
  },
];
const RECORDED_LIMITS = [{ provide: RateLimitEvents, useClass: AuditedRateLimits }];

/** `providers` replace what these have. */
const replaceable = (
  core: Parameters<typeof AuthCoreModule.forRoot>[0],
  metrics: MetricsOptions | undefined,
): readonly ReplaceableModule[] => [
  (overrides) => CommonModule.forRoot(over([answersOf(core), ...countedBy(metrics)], overrides)),
  (overrides) => DatabaseModule.forRoot(over(HANDED_IN, overrides)),
  (overrides) => PushModule.forRoot(overrides),
  (overrides) => UsersModule.forRoot(overrides),
  (overrides) => MailModule.forRoot(overrides),
  (overrides) => AuditModule.forRoot(overrides),
  (overrides) => TokensModule.forRoot(over(RECORDED, overrides)),
  (overrides) => ThrottlingModule.forRoot(over(RECORDED_LIMITS, overrides)),
  (overrides) => AuthCoreModule.forRoot(core, overrides),
  (overrides) => OAuthClientsModule.forRoot(overrides),
  ...(metrics ? [(overrides: ModuleOverrides) => MetricsModule.forRoot(metrics, overrides)] : []),
];

/** All of Latchkey in one import, on Fastify or Express. */
@Module({})
export class LatchkeyModule {
  /**
   * @param options read when the application starts, which fails with a `ConfigurationError` where one is wrong
   * @throws ConfigurationError if `routes` are wrong
   * @example
   * LatchkeyModule.forRoot({ config: loadConfig() }) // the settings of the environment
   * @example
   * LatchkeyModule.forRoot({ publicUrl: 'https://id.example.com', databaseUrl, routes: { except: ['admin'] } })
   */
  static forRoot(options: LatchkeyModuleOptions = {}): DynamicModule {
    const { composition, others } = splitOptions(options);
    return compose(composition, { useFactory: () => others });
  }

  /**
   * The same, with settings that something injected gives.
   * @throws ConfigurationError if `routes` are wrong, or there is no such option
   * @example
   * LatchkeyModule.forRootAsync({
   *   imports: [VaultModule],
   *   inject: [Vault],
   *   useFactory: async (vault: Vault) => ({ appSecret: await vault.read('app-secret') }),
   * })
   */
  static forRootAsync(options: LatchkeyModuleAsyncOptions): DynamicModule {
    const { useFactory, inject, ...composition } = options;
    return compose(composition, {
      useFactory: useFactory as FactoryProvider<LatchkeyOptions>['useFactory'],
      ...(inject && { inject }),
    });
  }
}

function compose(
  composition: LatchkeyComposition,
  options: Pick<FactoryProvider<LatchkeyOptions>, 'useFactory' | 'inject'>,
): DynamicModule {
  checkComposition(composition);
  const { routes, providers = [], imports = [], initialAdmin = true } = composition;
  const core = coreOptions(composition);
  const metrics = composition.metrics === true ? {} : composition.metrics || undefined;
  const modules = replaceable(core, metrics);
  const withRoutes = modulesWithRoutes(routes);
  const { ofModules, others } = routeProviders(modules, providers);
  const team = [...imports, TeamModule.forRoot(imports, others)];
  return {
    module: LatchkeyModule,
    imports: [
      LatchkeyOptionsModule.forRoot(imports, options),
      ConfigModule.forRootAsync({ inject: [LATCHKEY_OPTIONS], useFactory: configOf }),
      RedisModule,
      ...(metrics ? [MetricsCoreModule.forRoot(metrics)] : []),
      InitialAdminModule.forRoot(initialAdmin),
      ...modules.map((make, index) => make({ providers: ofModules[index] ?? [], imports: team })),
      AccountRegistrationModule,
      ConsentRecordsModule,
      ReadinessModule,
      ...withRoutes,
      ...(core.fields.declared.length > 0 && withRoutes.includes(AdminModule) ? [AdminUserFieldsModule] : []),
      ...modulesOnRequest(composition, core.prefix, withRoutes.includes(AdminModule)),
      apiRoutes([...MODULES_WITH_API, AdminModule, AdminUserFieldsModule, ResumedSessionModule], core.prefix),
    ],
    providers: globalProviders(composition),
  };
}

function coreOptions(composition: LatchkeyComposition): Parameters<typeof AuthCoreModule.forRoot>[0] {
  const { routes, fields = UserFields.NONE, globalGuards = true, globalPipe = true } = composition;
  const { transports = [], relay } = composition;
  const { prefix = API_PREFIX } = routes === false ? {} : (routes ?? {});
  return { fields, prefix, globalGuards, globalPipe, transports, relay };
}

function globalProviders({ globalFilter = true, globalPipe = true }: LatchkeyComposition): Provider[] {
  return [
    ...(globalFilter ? [{ provide: APP_FILTER, useExisting: ProblemDetailsFilter }] : []),
    ...(globalPipe ? [{ provide: APP_PIPE, useClass: RequestValidationPipe }] : []),
  ];
}

/** Errors of calls that are not HTTP's. */
function answersOf({ transports }: Parameters<typeof AuthCoreModule.forRoot>[0]): Provider {
  return { provide: OtherAnswers, useFactory: () => new TransportAnswers(transports) };
}

/** What is told to `Measurements` is counted. */
function countedBy(metrics: MetricsOptions | undefined): Provider[] {
  return metrics ? [{ provide: Measurements, useExisting: COUNTED_MEASUREMENTS }] : [];
}

/** The defaults of the whole, before what replaces them. */
function over(
  defaults: readonly Provider[],
  { providers = [], ...others }: ModuleOverrides,
): ModuleOverrides {
  return { ...others, providers: [...defaults, ...providers] };
}
