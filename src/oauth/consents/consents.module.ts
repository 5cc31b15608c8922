import { Module } from '@nestjs/common';
import { OAuthModule } from '../oauth.module.js';
import { ConsentsController } from './consents.controller.js';
import { OwnConsents } from './own-consents.js';

/** Routes by which users see, give and take back what they allow clients. */
@Module({ imports: [OAuthModule], controllers: [ConsentsController], providers: [OwnConsents] })
export class ConsentsModule {}
