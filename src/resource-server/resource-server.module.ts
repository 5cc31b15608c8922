import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Module } from '../common/nest.js';
import { AccessRules } from '../access/access-rules.js';
import { JwtAuthGuard } from '../access/jwt-auth.guard.js';
import { BoundTokens } from '../access/proofs/bound-tokens.js';
import { RequestCredentials } from '../access/request-credentials.js';
import { RequestTokens } from '../access/request-tokens.js';
import { RolesGuard } from '../access/roles.guard.js';
import { ScopesGuard } from '../access/scopes.guard.js';
import { EventStreams } from '../access/transports/event-streams.js';
import { messageHandlerProviders } from '../access/transports/message-handler-providers.js';
import { OpenCalls } from '../access/transports/open-calls.js';
import { TransportAnswers } from '../access/transports/transport-answers.js';
import { Transports } from '../access/transports/transports.js';
import { Clock } from '../common/clock.js';
import { CommonModule } from '../common/common.module.js';
import { OtherAnswers } from '../common/problem-details/other-answers.js';
import { IdentityRelay } from '../relay/identity-relay.js';
import { relayProviders } from '../relay/relay-providers.js';
import { AccessTokenVerifier } from '../tokens/access/access-token-verifier.js';
import { VerificationRules } from '../tokens/access/verification-rules.js';
import { DpopProofs } from '../tokens/proofs/dpop-proofs.js';
import { ReplayMemory } from '../tokens/proofs/replay-memory.js';
import { VerificationKeys } from '../tokens/keys/verification-keys.js';
import { RevokedTokens } from '../tokens/revocation/revoked-tokens.js';
import { IssuerKeyReader } from './issuer/issuer-key-reader.js';
import { IssuerKeys } from './issuer/issuer-keys.js';
import { NoRevocations } from './revocations/no-revocations.js';
import { FeedRevocations } from './revocations/feed-revocations.js';
import { RefusalsFilter } from './refusals.filter.js';
import { checkComposition, ResourceServerConfig } from './resource-server.config.js';
import type {
  ResourceServerAsyncOptions,
  ResourceServerComposition,
  ResourceServerOptions,
  ResourceServerSettings,
} from './resource-server-options.js';

const GUARDS = [JwtAuthGuard, RolesGuard, ScopesGuard];

/** For services that take the tokens of a Latchkey server: its verifier, guards and decorators, and the issuer's public keys. */
@Module({})
export class ResourceServerModule {
  /** @internal */
  constructor(bound: BoundTokens, { publicUrl }: VerificationRules) {
    if (publicUrl !== undefined) bound.offer();
  }

  /**
   * @param options read when the service starts, which fails with a `ConfigurationError` where one is wrong
   * @throws ConfigurationError if `transports` or `globalGuards` are wrong
   * @example
   * ResourceServerModule.forRoot({ issuer: 'https://id.example.com', audience: 'https://api.example.com' })
   */
  static forRoot(options: ResourceServerOptions): DynamicModule {
    const { transports, globalGuards, relay, replays, ...settings } = options;
    return compose(
      { transports, globalGuards, relay, replays },
      { useFactory: () => new ResourceServerConfig(settings) },
    );
  }

  /**
   * The same, with settings that something injected gives; wrong ones stop the start.
   * @throws ConfigurationError if `transports`, `relay` or `globalGuards` are wrong
   * @example
   * ResourceServerModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ issuer: config.getOrThrow('ISSUER'), audience: config.getOrThrow('AUDIENCE') }),
   * })
   */
  static forRootAsync(options: ResourceServerAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory, transports, globalGuards, relay, replays } = options;
    const settings = useFactory as FactoryProvider<ResourceServerSettings>['useFactory'];
    const module = compose(
      { transports, globalGuards, relay, replays },
      {
        inject,
        useFactory: async (...injected: unknown[]) => new ResourceServerConfig(await settings(...injected)),
      },
    );
    return { ...module, imports: [...(module.imports ?? []), ...imports] };
  }
}

function compose(
  composition: ResourceServerComposition,
  config: Pick<FactoryProvider<ResourceServerConfig>, 'inject' | 'useFactory'>,
): DynamicModule {
  checkComposition(composition);
  const { transports = [], globalGuards = true, relay, replays } = composition;
  return {
    module: ResourceServerModule,
    global: true,
    imports: [
      CommonModule.forRoot({
        providers: [{ provide: OtherAnswers, useFactory: () => new TransportAnswers(transports) }],
      }),
    ],
    providers: [
      { provide: ResourceServerConfig, ...config },
      { provide: VerificationRules, useExisting: ResourceServerConfig },
      IssuerKeyReader,
      IssuerKeys,
      { provide: VerificationKeys, useExisting: IssuerKeys },
      {
        provide: RevokedTokens,
        inject: [ResourceServerConfig, Clock],
        useFactory: (settings: ResourceServerConfig, clock: Clock) =>
          settings.revocations ? new FeedRevocations(settings, clock) : new NoRevocations(),
      },
      AccessTokenVerifier,
      {
        provide: DpopProofs,
        inject: [Clock],
        useFactory: (clock: Clock) => new DpopProofs(replays ?? new ReplayMemory(clock), clock, undefined),
      },
      BoundTokens,
      AccessRules,
      RequestTokens,
      RequestCredentials,
      { provide: Transports, useValue: Transports.of(transports) },
      OpenCalls,
      EventStreams,
      ...messageHandlerProviders(globalGuards),
      ...relayProviders(relay),
      ...transports.flatMap(({ providers = [] }) => providers),
      ...GUARDS,
      ...(globalGuards ? GUARDS.map((guard) => ({ provide: APP_GUARD, useExisting: guard })) : []),
      { provide: APP_FILTER, useClass: RefusalsFilter },
    ],
    exports: [
      AccessTokenVerifier,
      BoundTokens,
      AccessRules,
      RequestTokens,
      RequestCredentials,
      Transports,
      IdentityRelay,
      ...GUARDS,
    ],
  };
}
