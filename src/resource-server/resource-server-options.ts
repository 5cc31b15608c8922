import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { Transport } from '../access/transports/transport.js';
import type { RelayOptions } from '../relay/relay-options.js';
import type { ReplayDetection } from '../tokens/proofs/replay-detection.js';
import type { AsymmetricAlg } from '../tokens/keys/signing-algorithm.js';

/** What is read when the service starts. Durations are written `500ms`, `10s`, `15m`, `7d`. */
export interface ResourceServerSettings {
  /** `iss` of the tokens, to the letter: the `PUBLIC_URL` of the auth server. Its metadata (RFC 8414) say where its keys are. */
  readonly issuer: string;
  /** `aud` of the tokens, to the letter. */
  readonly audience: string;
  /**
   * Where clients reach this service, e.g. `https://api.example.com`: DPoP proofs are for addresses below it, those of gRPC for
   * `/package.Service/Method`. Default: not known; tokens that are bound to a key are refused.
   */
  readonly publicUrl?: string | undefined;
  /** Which of the issuer's algorithms are accepted. Default: all that have public keys. */
  readonly algorithms?: readonly AsymmetricAlg[] | undefined;
  /** Where the keys are, in place of asking the metadata: on another host, or by a name within a network. */
  readonly jwksUri?: string | undefined;
  /** For how long keys are used that could not be read again. Default: `24h`. */
  readonly keysMaxStaleness?: string | undefined;
  /** How long after its issue a token is over, whatever it says: no less than `ACCESS_TOKEN_TTL`. Default: `24h`. */
  readonly maxTokenAge?: string | undefined;
  /** How far ahead the issuer's clock may be. Default: `5s`. */
  readonly clockLeeway?: string | undefined;
  /** Hears of logouts within a second. Default: not at all; a token is good until it expires. */
  readonly revocations?: RevocationFeedSettings | undefined;
  /** Takes `http:` addresses of other hosts than this one, too, where the network is trusted. Default: `false`. */
  readonly allowHttp?: boolean | undefined;
}

/** How a service hears what is revoked. */
export interface RevocationFeedSettings {
  /** The token of this service, whose SHA-256 is in the server's `REVOCATION_FEED_SERVICES`. A secret. */
  readonly token: string;
  /** Where the feed is. Default: `/api/auth/revocations` below the issuer. */
  readonly url?: string | undefined;
  /**
   * What holds while the feed cannot be heard: `fail-closed`: protected routes answer 503; `fail-open`: tokens are accepted that
   * were not revoked as far as is known. Default: `fail-closed`.
   */
  readonly whenUnknown?: 'fail-closed' | 'fail-open' | undefined;
  /** How old what was heard may be until that begins. The feed says every second that it is whole. Default: `10s`. */
  readonly maxStaleness?: string | undefined;
}

/** What is decided before anything can be injected. */
export interface ResourceServerComposition {
  /** What else than HTTP the guards and decorators hold for. Default: nothing; such calls are refused. @example [grpc()] */
  readonly transports?: readonly Transport[] | undefined;
  /**
   * Where DPoP proofs are remembered that were used, so that each is good once. Default: in the memory of the process, which is
   * enough for one; several share a store.
   */
  readonly replays?: ReplayDetection | undefined;
  /**
   * Has `IdentityRelay` and `relayIdentity()` call other services on behalf of callers. Default: they relay nothing.
   * @example { service: 'orders', to: ['https://billing.internal', 'grpcs://stock.internal:50051'] }
   */
  readonly relay?: RelayOptions | undefined;
  /**
   * Whether each route needs an access token unless it is `@Public()`. `false`: by `@UseGuards(JwtAuthGuard, RolesGuard,
   * ScopesGuard)` only. Default: `true`.
   */
  readonly globalGuards?: boolean | undefined;
}

/** What `ResourceServerModule.forRoot` takes. */
export interface ResourceServerOptions extends ResourceServerSettings, ResourceServerComposition {}

/** What `ResourceServerModule.forRootAsync` takes. */
export interface ResourceServerAsyncOptions extends ResourceServerComposition {
  /** Modules whose exports `useFactory` injects. */
  readonly imports?: ModuleMetadata['imports'];
  /** What `useFactory` is given. */
  readonly inject?: FactoryProvider['inject'];
  /** Gives the settings, when the service starts. */
  readonly useFactory: (...injected: never[]) => ResourceServerSettings | Promise<ResourceServerSettings>;
}
