import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { ForcedPasswordReset } from './forced-password-reset.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';

/** For who has links sent that reset a password; no routes. */
@Module({
  imports: [AccountMailsModule],
  providers: [ForcedPasswordReset, PasswordResetRequestService],
  exports: [ForcedPasswordReset, PasswordResetRequestService],
})
export class PasswordResetRequestModule {}
