import { Module } from '@nestjs/common';
import { CookieModeModule } from '../cookie-mode/cookie-mode.module.js';
import { StepUpModule } from '../reauthentication/step-up.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { OwnSessionsService } from './own-sessions.service.js';
import { SessionClientsModule } from './session-clients.module.js';
import { SessionController } from './session.controller.js';

/** Refresh, log out, list and end sessions. */
@Module({
  imports: [SignInModule, CookieModeModule, SessionClientsModule, StepUpModule],
  controllers: [SessionController],
  providers: [OwnSessionsService],
})
export class SessionModule {}
