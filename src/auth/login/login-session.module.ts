import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { LoginSession } from './login-session.js';

/** What a login and its completion have in common. */
@Module({
  imports: [SignInModule, AccountMailsModule],
  providers: [LoginSession],
  exports: [LoginSession],
})
export class LoginSessionModule {}
