import { Module } from '@nestjs/common';
import { ForwardAuthController } from './forward-auth.controller.js';
import { TrustedClientsModule } from './trusted-clients.module.js';

/** Asks for a gateway whether a request may pass. */
@Module({
  imports: [TrustedClientsModule],
  controllers: [ForwardAuthController],
})
export class ForwardAuthModule {}
