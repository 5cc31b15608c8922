import { Module } from '@nestjs/common';
import { DeviceCookie } from './device-cookie.js';
import { SignInService } from './sign-in.service.js';

/** The session and the tokens of a user who has proved who they are, and the cookie of a device that is known. */
@Module({
  providers: [SignInService, DeviceCookie],
  exports: [SignInService, DeviceCookie],
})
export class SignInModule {}
