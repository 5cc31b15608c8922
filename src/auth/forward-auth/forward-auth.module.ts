import { Module } from '@nestjs/common';
import { ForwardAuthController } from './forward-auth.controller.js';

/** Asks for a gateway whether a request may pass. */
@Module({
  controllers: [ForwardAuthController],
})
export class ForwardAuthModule {}
