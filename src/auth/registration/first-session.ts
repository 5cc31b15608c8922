import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { DeviceCookie } from '../sign-in/device-cookie.js';
import { NewDeviceNotice } from '../notices/new-device-notice.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import type { SignedInModel } from '../sign-in/token-pair.model.js';
import { UserModel } from '../sign-in/user.model.js';

/** What follows the making of an account: its first session, from a device that is known by it. */
@Injectable()
export class FirstSession {
  constructor(
    private readonly tokens: SignInService,
    private readonly newDevice: NewDeviceNotice,
    private readonly device: DeviceCookie,
  ) {}

  async open(user: User, client: ClientInfo, response: CookieResponse): Promise<SignedInModel> {
    const meeting = this.newDevice.registering(user, client);
    const { pair } = await this.tokens.openAlong(user, client, meeting);
    this.device.write(response, user);
    return { user: UserModel.of(user), ...pair };
  }
}
