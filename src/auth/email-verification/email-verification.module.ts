import { Module } from '@nestjs/common';
import { PresentFlows } from '../flows/present-flows.js';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { StepUpModule } from '../reauthentication/step-up.module.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { VerificationMailService } from './verification-mail.service.js';
import { EmailVerificationService } from './email-verification.service.js';

/** Prove the e-mail address with a link that was mailed. */
@Module({
  imports: [StepUpModule, AccountMailsModule],
  controllers: [EmailVerificationController],
  providers: [EmailVerificationService, VerificationMailService],
})
export class EmailVerificationModule {
  /** @internal */
  constructor(flows: PresentFlows) {
    flows.declare('email-verification');
  }
}
