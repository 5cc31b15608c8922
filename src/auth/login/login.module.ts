import { Module } from '@nestjs/common';
import { CookieModeModule } from '../cookie-mode/cookie-mode.module.js';
import { PresentFlows } from '../flows/present-flows.js';
import { LoginGateModule } from '../login-gate/login-gate.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { CredentialCheckService } from './credential-check.service.js';
import { LocalPasswords } from './local-passwords.js';
import { LoginAttemptsModule } from './login-attempts.module.js';
import { LoginSessionModule } from './login-session.module.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';

/** Log in with an e-mail address and a password. */
@Module({
  imports: [LoginAttemptsModule, LoginGateModule, LoginSessionModule, SignInModule, CookieModeModule],
  controllers: [LoginController],
  providers: [LoginService, CredentialCheckService, LocalPasswords],
})
export class LoginModule {
  /** @internal */
  constructor(flows: PresentFlows) {
    flows.declare('login');
  }
}
