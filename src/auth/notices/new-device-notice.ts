import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { deviceOf } from '../../common/device.js';
import { logFailure } from '../../common/errors/log-failure.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { DEFAULT_LANGUAGE } from '../../mail/mail.js';
import { Outbox } from '../../mail/outbox.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import type { User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { greetedName } from '../mails/greeted-name.js';

/** Tells users by mail of a login from where they never logged in before. */
@Injectable()
export class NewDeviceNotice {
  private readonly logger = new Logger('NewDevice');

  constructor(
    private readonly devices: DeviceHistory,
    private readonly users: UsersRepository,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** The device that registers is the first one, and no news. To be written with the first session. */
  registering({ id }: User, client: ClientInfo): Write<boolean> {
    return this.devices.meeting(id, client);
  }

  /** To be written with the session. @returns whether the device is known; of one that is not, `loggedIn` tells */
  loggingIn({ id }: User, client: ClientInfo): Write<boolean> {
    return this.devices.seeing(id, client);
  }

  /** From a device that is not known. A few milliseconds; the mail is sent later. */
  async loggedIn(user: User, client: ClientInfo): Promise<void> {
    const { ip, userAgent } = client;
    await this.bestEffort(user, client, async (transaction) => {
      const { email: to, id: account } = user;
      const data = {
        name: greetedName(user),
        at: new Date(this.clock.now()),
        ip,
        device: deviceOf(userAgent),
      };
      await this.outbox.enqueue(
        { to, template: 'new-device', data, language: DEFAULT_LANGUAGE, account },
        transaction,
      );
    });
  }

  /** The login stands. A device that could not be remembered is still new the next time. */
  private async bestEffort(
    { id }: User,
    client: ClientInfo,
    tell: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    const remember = async () => {
      const isNew = await this.devices.remember(id, client, tell);
      // Deleted since the password was checked: nothing of the user is to be left behind.
      if (isNew && !(await this.users.findById(id))) await this.devices.forget(id);
    };
    await logFailure(this.logger, 'A device could not be remembered', remember, client);
  }
}
