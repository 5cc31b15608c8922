import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { PasswordReplacementModule } from '../password-replacement/password-replacement.module.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetService } from './password-reset.service.js';

/** Set a new password with a link that was mailed. */
@Module({
  imports: [AccountMailsModule, PasswordReplacementModule],
  controllers: [PasswordResetController],
  providers: [PasswordResetRequestService, PasswordResetService],
  exports: [PasswordResetRequestService],
})
export class PasswordResetModule {}
