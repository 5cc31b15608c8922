import { Injectable } from '@nestjs/common';
import { NewDeviceNotice } from '../mails/new-device-notice.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { CredentialCheckService } from './credential-check.service.js';
import { type LoginAttempt, LoginAttempts } from './login-attempts.js';

/** A login from its first step to its last. */
@Injectable()
export class LoginService {
  constructor(
    private readonly credentials: CredentialCheckService,
    private readonly attempts: LoginAttempts,
    private readonly signIn: SignInService,
    private readonly newDevice: NewDeviceNotice,
  ) {}

  /**
   * Checks the password, unless the account has to wait; opens a session; tells the user of a device that is new.
   * @throws InvalidCredentialsError; AccountThrottledError
   * @throws AccountDisabledError only to a caller who knows the password
   */
  async logIn(attempt: LoginAttempt, password: string): Promise<SignedIn> {
    const { email, client } = attempt;
    const check = () => this.credentials.check(email, password, client);
    const user = await this.attempts.run(attempt, check);
    const knowing = this.newDevice.loggingIn(user, client);
    const { pair, along: isKnown } = await this.signIn.openAlong(user, client, knowing);
    if (!isKnown) await this.newDevice.loggedIn(user, client);
    return { user, pair };
  }
}
