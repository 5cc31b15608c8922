import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { PasswordReplacement } from './password-replacement.js';

/** What the change and the reset of a password have in common. */
@Module({
  imports: [AccountMailsModule],
  providers: [PasswordReplacement],
  exports: [PasswordReplacement],
})
export class PasswordReplacementModule {}
