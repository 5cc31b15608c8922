import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { Transport } from '../access/transports/transport.js';
import type { AsymmetricAlg } from '../tokens/keys/signing-algorithm.js';

/** What is read when the service starts. Durations are written `500ms`, `10s`, `15m`, `7d`. */
export interface ResourceServerSettings {
  /** `iss` of the tokens, to the letter: the `PUBLIC_URL` of the auth server. Its metadata (RFC 8414) say where its keys are. */
  readonly issuer: string;
  /** `aud` of the tokens, to the letter. */
  readonly audience: string;
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
  /** Takes `http:` addresses of other hosts than this one, too, where the network is trusted. Default: `false`. */
  readonly allowHttp?: boolean | undefined;
}

/** What is decided before anything can be injected. */
export interface ResourceServerComposition {
  /** What else than HTTP the guards and decorators hold for. Default: nothing; such calls are refused. @example [grpc()] */
  readonly transports?: readonly Transport[] | undefined;
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
