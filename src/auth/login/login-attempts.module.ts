import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { LoginAttempts } from './login-attempts.js';

/** What wrong passwords of an account cost: at login, and beside mailed tokens. */
@Module({
  imports: [AccountMailsModule],
  providers: [LoginAttempts],
  exports: [LoginAttempts],
})
export class LoginAttemptsModule {}
