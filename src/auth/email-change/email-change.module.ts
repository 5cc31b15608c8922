import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { StepUpModule } from '../reauthentication/step-up.module.js';
import { EmailChangeController } from './email-change.controller.js';
import { AddressReplacement } from './address-replacement.js';
import { EmailConfirmationService } from './email-confirmation.service.js';
import { EmailChangeService } from './email-change.service.js';

/** Change the e-mail address, confirmed at the new one. */
@Module({
  imports: [StepUpModule, AccountMailsModule],
  controllers: [EmailChangeController],
  providers: [EmailChangeService, EmailConfirmationService, AddressReplacement],
})
export class EmailChangeModule {}
