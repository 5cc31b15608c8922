import { Module } from '@nestjs/common';
import { AccountNotices } from './account-notices.js';
import { AddressQuota } from './address-quota.js';
import { LinkMails } from './link-mails.js';
import { LockoutNotice } from './lockout-notice.js';
import { NewDeviceNotice } from './new-device-notice.js';
import { PasswordLinks } from './password-links.js';

/** The mails of the flows: links, and notices of what happened to an account. */
@Module({
  providers: [AccountNotices, AddressQuota, LinkMails, LockoutNotice, NewDeviceNotice, PasswordLinks],
  exports: [AccountNotices, AddressQuota, LinkMails, LockoutNotice, NewDeviceNotice, PasswordLinks],
})
export class AccountMailsModule {}
