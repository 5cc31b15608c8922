import { Module } from '@nestjs/common';
import { AccountErasureModule } from '../../auth/account/account-erasure.module.js';
import { OAuthModule } from '../oauth.module.js';
import { ConsentsController } from './consents.controller.js';
import { OwnConsents } from './own-consents.js';

/** Routes by which users see, give and take back what they allow clients. */
@Module({
  imports: [OAuthModule, AccountErasureModule],
  controllers: [ConsentsController],
  providers: [OwnConsents],
})
export class ConsentsModule {}
