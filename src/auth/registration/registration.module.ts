import { Module } from '@nestjs/common';
import { CookieModeModule } from '../cookie-mode/cookie-mode.module.js';
import { PresentFlows } from '../flows/present-flows.js';
import { LoginGateModule } from '../login-gate/login-gate.module.js';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { AccountRegistrationModule } from './account-registration.module.js';
import { FirstSession } from './first-session.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { RegistrationConfirmationService } from './registration-confirmation.service.js';
import { OneTimeRegistrationController } from './one-time-registration.controller.js';
import { PendingRegistrations } from './pending-registrations.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';
import { VerifiedRegistration } from './verified-registration.js';

/** Register in each of the modes of `REGISTRATION`, and accept an invitation. */
@Module({
  imports: [LoginGateModule, SignInModule, CookieModeModule, AccountMailsModule, AccountRegistrationModule],
  controllers: [RegistrationController, OneTimeRegistrationController],
  providers: [
    RegistrationService,
    VerifiedRegistration,
    PendingRegistrations,
    RegistrationConfirmationService,
    InvitationAcceptanceService,
    FirstSession,
  ],
})
export class RegistrationModule {
  /** @internal */
  constructor(flows: PresentFlows) {
    flows.declare('registration');
  }
}
