import { Global, Module } from '@nestjs/common';
import { AccountErasureModule } from '../../auth/account/account-erasure.module.js';
import { ConsentRecords } from './consent-records.js';
import { OAuthConsents } from './oauth-consents.js';

/** What people allowed clients, also where there is no authorization server now: it belongs to their accounts. */
@Global()
@Module({
  imports: [AccountErasureModule],
  providers: [OAuthConsents, ConsentRecords],
  exports: [OAuthConsents],
})
export class ConsentRecordsModule {}
