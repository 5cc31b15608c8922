import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';

/** For who has links sent that reset a password; no routes. */
@Module({
  imports: [AccountMailsModule],
  providers: [PasswordResetRequestService],
  exports: [PasswordResetRequestService],
})
export class PasswordResetRequestModule {}
