import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';
import { LoginAdmission } from '../login-gate/login-admission.js';
import type { LoginCredential } from '../login-gate/login-gate.js';
import { NewDeviceNotice } from '../mails/new-device-notice.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import type { SignedIn } from '../sign-in/signed-in.js';

/** What follows the making of an account: its first session, by which its device is known. */
@Injectable()
export class FirstSession {
  constructor(
    private readonly admission: LoginAdmission,
    private readonly tokens: SignInService,
    private readonly newDevice: NewDeviceNotice,
  ) {}

  /** @throws LoginDeniedError, LoginChallengeRequiredError: the account is there, and its session is not */
  async open(user: User, client: ClientInfo, credential: LoginCredential): Promise<SignedIn> {
    const login = await this.admission.admit({ user, client, credential });
    const meeting = this.newDevice.registering(user, client);
    const { pair } = await this.tokens.openAlong(login, meeting, 'registration');
    return { user, pair };
  }
}
