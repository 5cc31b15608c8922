import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';
import type { CookieResponse } from '../cookies/set-cookies.js';
import { DeviceCookie } from '../login/device-cookie.js';
import { NewDeviceNotice } from '../login/new-device-notice.service.js';
import { SessionTokensService } from '../session/session-tokens.service.js';
import type { SignedInModel } from '../session/token-pair.model.js';
import { UserModel } from '../session/user.model.js';

/** What follows the making of an account: its first session, from a device that is known by it. */
@Injectable()
export class FirstSession {
  constructor(
    private readonly tokens: SessionTokensService,
    private readonly newDevice: NewDeviceNotice,
    private readonly device: DeviceCookie,
  ) {}

  async open(user: User, client: ClientInfo, response: CookieResponse): Promise<SignedInModel> {
    const pair = await this.tokens.open(user, client);
    await this.newDevice.registered(user, client);
    this.device.write(response, user);
    return { user: UserModel.of(user), ...pair };
  }
}
