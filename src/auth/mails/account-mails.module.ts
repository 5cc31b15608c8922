import { Module } from '@nestjs/common';
import { AccountNotices } from './account-notices.js';
import { LinkMails } from './link-mails.js';
import { LockoutNotice } from './lockout-notice.js';
import { NewDeviceNotice } from './new-device-notice.js';

/** The mails of the flows: links, and notices of what happened to an account. */
@Module({
  providers: [AccountNotices, LinkMails, LockoutNotice, NewDeviceNotice],
  exports: [AccountNotices, LinkMails, LockoutNotice, NewDeviceNotice],
})
export class AccountMailsModule {}
