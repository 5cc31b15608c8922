import { Module } from '@nestjs/common';
import { AccountConsents } from './account-consents.js';
import { AccountLeftovers } from './account-leftovers.js';
import { AccountErasure } from './account-erasure.js';

/** For who deletes, disables or exports accounts, and who keeps something about them; no routes. */
@Module({
  providers: [AccountErasure, AccountLeftovers, AccountConsents],
  exports: [AccountErasure, AccountLeftovers, AccountConsents],
})
export class AccountErasureModule {}
