import { Module } from '@nestjs/common';
import { RevocationFeedController } from './revocation-feed.controller.js';
import { ServiceTokens } from './service-tokens.js';

/** Tells other services what is revoked. */
@Module({ controllers: [RevocationFeedController], providers: [ServiceTokens] })
export class RevocationFeedModule {}
