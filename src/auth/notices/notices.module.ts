import { Module } from '@nestjs/common';
import { LockoutNotice } from './lockout-notice.js';
import { NewDeviceNotice } from './new-device-notice.js';

/** Mails that tell users of what happened to their account. */
@Module({
  providers: [LockoutNotice, NewDeviceNotice],
  exports: [LockoutNotice, NewDeviceNotice],
})
export class NoticesModule {}
