import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { ReauthenticationModule } from '../reauthentication/reauthentication.module.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { VerificationMailService } from './verification-mail.service.js';
import { EmailVerificationService } from './email-verification.service.js';

/** Prove the e-mail address with a link that was mailed. */
@Module({
  imports: [ReauthenticationModule, AccountMailsModule],
  controllers: [EmailVerificationController],
  providers: [EmailVerificationService, VerificationMailService],
})
export class EmailVerificationModule {}
