import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';
import { NewDeviceNotice } from '../mails/new-device-notice.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import type { SignedIn } from '../sign-in/signed-in.js';

/** What follows the making of an account: its first session, by which its device is known. */
@Injectable()
export class FirstSession {
  constructor(
    private readonly tokens: SignInService,
    private readonly newDevice: NewDeviceNotice,
  ) {}

  async open(user: User, client: ClientInfo): Promise<SignedIn> {
    const meeting = this.newDevice.registering(user, client);
    const { pair } = await this.tokens.openAlong(user, client, meeting, 'registration');
    return { user, pair };
  }
}
