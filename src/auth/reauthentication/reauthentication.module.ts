import { Module } from '@nestjs/common';
import { LoginAttemptsModule } from '../login/login-attempts.module.js';
import { CallerAccount } from './caller-account.js';
import { LinkProof } from './link-proof.js';
import { PasswordConfirmation } from './password-confirmation.js';
import { ReauthenticationController } from './reauthentication.controller.js';
import { StepUpPolicy } from './step-up-policy.js';

/** The caller shows the password again, once or for a while. */
@Module({
  imports: [LoginAttemptsModule],
  controllers: [ReauthenticationController],
  providers: [CallerAccount, LinkProof, PasswordConfirmation, StepUpPolicy],
  exports: [CallerAccount, LinkProof, StepUpPolicy],
})
export class ReauthenticationModule {}
