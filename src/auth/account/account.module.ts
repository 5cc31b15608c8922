import { Module } from '@nestjs/common';
import { CookieModeModule } from '../cookie-mode/cookie-mode.module.js';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { ReauthenticationModule } from '../reauthentication/reauthentication.module.js';
import { AccountDataController } from './account-data.controller.js';
import { AccountDataService } from './account-data.service.js';
import { AccountErasure } from './account-erasure.js';
import { AccountController } from './account.controller.js';
import { AccountService } from './account.service.js';

/** What users do with their own account: profile, password, export, deletion. */
@Module({
  imports: [ReauthenticationModule, AccountMailsModule, CookieModeModule],
  controllers: [AccountController, AccountDataController],
  providers: [AccountService, AccountDataService, AccountErasure],
  exports: [AccountErasure],
})
export class AccountModule {}
