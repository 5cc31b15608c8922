import { Injectable } from '@nestjs/common';
import type { AdmittedLogin } from '../login-gate/login-admission.js';
import { NewDeviceNotice } from '../mails/new-device-notice.js';
import type { SignedIn } from '../sign-in/signed-in.js';
import { SignInService } from '../sign-in/sign-in.service.js';

/** The end of a login: its session, and word to the user of a device that is new. */
@Injectable()
export class LoginSession {
  constructor(
    private readonly signIn: SignInService,
    private readonly newDevice: NewDeviceNotice,
  ) {}

  /** @throws InvalidCredentialsError if the password was changed or the account disabled since it was checked */
  async open(login: AdmittedLogin): Promise<SignedIn> {
    const { user, client } = login;
    const knowing = this.newDevice.loggingIn(user, client);
    const { pair, along: isKnown } = await this.signIn.openAlong(login, knowing);
    if (!isKnown) await this.newDevice.loggedIn(user, client);
    return { user, pair };
  }
}
