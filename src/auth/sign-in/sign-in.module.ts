import { Module } from '@nestjs/common';
import { DeviceCookie } from './device-cookie.js';
import { TokenPairIssuer } from './token-pair-issuer.js';
import { SignInService } from './sign-in.service.js';

/** The session and the tokens of a user who has proved who they are, and the cookie of a device that is known. */
@Module({
  providers: [TokenPairIssuer, SignInService, DeviceCookie],
  exports: [SignInService, TokenPairIssuer, DeviceCookie],
})
export class SignInModule {}
