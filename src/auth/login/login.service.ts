import { Injectable } from '@nestjs/common';
import { LoginAdmission } from '../login-gate/login-admission.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { CredentialCheckService } from './credential-check.service.js';
import { type LoginAttempt, LoginAttempts } from './login-attempts.js';
import { LoginSession } from './login-session.js';

/** A login from its first step to its last. */
@Injectable()
export class LoginService {
  constructor(
    private readonly credentials: CredentialCheckService,
    private readonly attempts: LoginAttempts,
    private readonly admission: LoginAdmission,
    private readonly session: LoginSession,
  ) {}

  /**
   * Checks the password, unless the account has to wait; asks the gate; opens a session.
   * @throws InvalidCredentialsError; AccountThrottledError
   * @throws AccountDisabledError, AccountNotLinkedError, LoginDeniedError, LoginChallengeRequiredError only to a caller who knows the password
   */
  async logIn(attempt: LoginAttempt, password: string): Promise<SignedIn> {
    const { email, client, deviceId } = attempt;
    const check = () => this.credentials.check(email, password, client);
    const { user, credential } = await this.attempts.run(attempt, check);
    return this.session.open(await this.admission.admit({ user, client, credential, deviceId }));
  }
}
