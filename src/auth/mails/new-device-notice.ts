import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { logFailure } from '../../common/errors/log-failure.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { PresentFlows } from '../flows/present-flows.js';
import { AccountNotices } from './account-notices.js';

/** Tells users by mail of a login from where they never logged in before. */
@Injectable()
export class NewDeviceNotice {
  private readonly logger = new Logger('NewDevice');

  constructor(
    private readonly devices: DeviceHistory,
    private readonly users: UsersRepository,
    private readonly notices: AccountNotices,
    private readonly flows: PresentFlows,
  ) {}

  /**
   * The device that registers is the first one, and no news. To be written with the first session; not remembered where no
   * user will log in.
   */
  registering({ id }: User, client: ClientInfo): Write<boolean> {
    if (!this.flows.has('login')) return { within: () => Promise.resolve(true) };
    return this.devices.meeting(id, client);
  }

  /** To be written with the session. @returns whether the device is known; of one that is not, `loggedIn` tells */
  loggingIn({ id }: User, client: ClientInfo): Write<boolean> {
    return this.devices.seeing(id, client);
  }

  /**
   * From a device that is not known. A few milliseconds; the mail is sent later. The login stands: a device that could
   * not be remembered is still new the next time.
   */
  async loggedIn(user: User, client: ClientInfo): Promise<void> {
    const tell = (transaction: Transaction) => this.notices.newDevice(user, client, transaction);
    const remember = async () => {
      const isNew = await this.devices.remember(user.id, client, tell);
      // Deleted since the password was checked: nothing of the user is to be left behind.
      if (isNew && !(await this.users.findById(user.id))) await this.devices.forget(user.id);
    };
    await logFailure(this.logger, 'A device could not be remembered', remember, client);
  }
}
