import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth.module.js';
import { DeviceRequests } from './device-requests.js';
import { DeviceRequestsController } from './device-requests.controller.js';
import { UserCodeGuesses } from './user-code-guesses.js';

/** Routes by which users allow devices something. */
@Module({
  imports: [OAuthModule],
  controllers: [DeviceRequestsController],
  providers: [DeviceRequests, UserCodeGuesses],
})
export class DevicesModule {}
