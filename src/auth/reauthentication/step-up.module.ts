import { Module } from '@nestjs/common';
import { LoginAttemptsModule } from '../login/login-attempts.module.js';
import { CallerAccount } from './caller-account.js';
import { LinkProof } from './link-proof.js';
import { PasswordConfirmation } from './password-confirmation.js';
import { StepUpPolicy } from './step-up-policy.js';

/** What flows need that have the caller show the password; no routes. */
@Module({
  imports: [LoginAttemptsModule],
  providers: [CallerAccount, LinkProof, PasswordConfirmation, StepUpPolicy],
  exports: [CallerAccount, LinkProof, StepUpPolicy],
})
export class StepUpModule {}
