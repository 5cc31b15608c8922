import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetService } from './password-reset.service.js';

/** Set a new password with a link that was mailed. */
@Module({
  imports: [AccountMailsModule],
  controllers: [PasswordResetController],
  providers: [PasswordResetService],
  exports: [PasswordResetService],
})
export class PasswordResetModule {}
