import { Module } from '@nestjs/common';
import { CookieModeModule } from '../cookie-mode/cookie-mode.module.js';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { PasswordReplacementModule } from '../password-replacement/password-replacement.module.js';
import { StepUpModule } from '../reauthentication/step-up.module.js';
import { SessionClientsModule } from '../session/session-clients.module.js';
import { AccountDataController } from './account-data.controller.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountExportService } from './account-export.service.js';
import { AccountRecords } from './account-records.js';
import { AccountErasureModule } from './account-erasure.module.js';
import { AccountController } from './account.controller.js';
import { PasswordChangeService } from './password-change.service.js';
import { ProfileService } from './profile.service.js';

/** What users do with their own account: profile, password, export, deletion. */
@Module({
  imports: [
    StepUpModule,
    AccountErasureModule,
    AccountMailsModule,
    PasswordReplacementModule,
    CookieModeModule,
    SessionClientsModule,
  ],
  controllers: [AccountController, AccountDataController],
  providers: [
    ProfileService,
    PasswordChangeService,
    AccountRecords,
    AccountExportService,
    AccountDeletionService,
  ],
})
export class AccountModule {}
