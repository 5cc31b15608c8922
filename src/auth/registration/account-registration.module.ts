import { Global, Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { AccountRegistration } from './account-registration.js';
import { OpenRegistration } from './open-registration.js';

/** For code that makes accounts; no routes. */
@Global()
@Module({
  imports: [AccountMailsModule],
  providers: [OpenRegistration, AccountRegistration],
  exports: [OpenRegistration, AccountRegistration],
})
export class AccountRegistrationModule {}
