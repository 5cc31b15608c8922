import { Module } from '@nestjs/common';
import { AccountMails } from './account-mails.js';

/** The mails of the flows, with their links. */
@Module({
  providers: [AccountMails],
  exports: [AccountMails],
})
export class AccountMailsModule {}
