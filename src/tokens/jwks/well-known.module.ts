import { Module } from '@nestjs/common';
import { JwksController } from './jwks.controller.js';
import { ServerMetadataController } from './server-metadata.controller.js';

/** `/.well-known/jwks.json` and `/.well-known/oauth-authorization-server`, of the keys of `TokensModule`. */
@Module({ controllers: [JwksController, ServerMetadataController] })
export class WellKnownModule {}
