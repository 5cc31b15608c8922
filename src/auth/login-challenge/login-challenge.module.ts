import { Module } from '@nestjs/common';
import { CookieModeModule } from '../cookie-mode/cookie-mode.module.js';
import { LoginSessionModule } from '../login/login-session.module.js';
import { LoginGateModule } from '../login-gate/login-gate.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { LoginChallengeController } from './login-challenge.controller.js';
import { LoginChallengeService } from './login-challenge.service.js';

/** Complete a login for which the gate asked for more than the credential. */
@Module({
  imports: [LoginGateModule, LoginSessionModule, SignInModule, CookieModeModule],
  controllers: [LoginChallengeController],
  providers: [LoginChallengeService],
})
export class LoginChallengeModule {}
