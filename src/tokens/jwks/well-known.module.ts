import { Module, type NestModule, RequestMethod } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { JwksController } from './jwks.controller.js';
import { ServerMetadataController } from './server-metadata.controller.js';

const PATHS = [
  '/.well-known/jwks.json',
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
];

/**
 * `/.well-known/jwks.json` and `/.well-known/oauth-authorization-server`, of the keys of `TokensModule`. They are where the
 * issuer says, without the application's global prefix.
 */
@Module({ controllers: [JwksController, ServerMetadataController] })
export class WellKnownModule implements NestModule {
  /** @internal */
  constructor(private readonly application: ApplicationConfig) {}

  /** Called by Nest once the application's prefix is set, and before its routes are made. */
  configure(): void {
    const { exclude = [], ...others } = this.application.getGlobalPrefixOptions();
    const ours = PATHS.map((path) => ({
      path,
      requestMethod: RequestMethod.ALL,
      pathRegex: new RegExp(`^${path.replaceAll('.', String.raw`\.`)}/?$`),
    }));
    this.application.setGlobalPrefixOptions({ ...others, exclude: [...exclude, ...ours] });
  }
}
