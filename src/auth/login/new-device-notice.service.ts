import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { deviceOf } from '../../common/device.js';
import { orLog } from '../../common/errors/or-log.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { OWNERS } from '../../mail/mail.js';
import { Outbox } from '../../mail/outbox.js';
import { KnownDevices } from '../../tokens/devices/known-devices.js';
import type { User } from '../../users/user.js';
import { UsersService } from '../../users/users.service.js';

/** Tells users by mail that somebody has logged in from where they never have. */
@Injectable()
export class NewDeviceNotice {
  private readonly logger = new Logger('NewDevice');

  constructor(
    private readonly devices: KnownDevices,
    private readonly users: UsersService,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** The device that registers is the first one, and no news. */
  async registered(user: User, client: ClientInfo): Promise<void> {
    await this.harmlessly(user, client);
  }

  /** A few milliseconds; the mail is sent later. */
  async loggedIn(user: User, client: ClientInfo): Promise<void> {
    const { ip, userAgent } = client;
    await this.harmlessly(user, client, async (transaction) => {
      const { name, email: to, id: account } = user;
      const data = { name, at: new Date(this.clock.now()), ip, device: deviceOf(userAgent) };
      await this.outbox.enqueue({ to, template: 'new-device', data, language: OWNERS, account }, transaction);
    });
  }

  /** Whoever has signed in has signed in. A device that could not be remembered is still new the next time. */
  private async harmlessly(
    { id }: User,
    client: ClientInfo,
    tell?: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    const remember = async () => {
      const isNew = await this.devices.remember(id, client, tell);
      // Deleted since the password was checked: nothing of the user is to be left behind.
      if (isNew && !(await this.users.findById(id))) await this.devices.forget(id);
    };
    await orLog(this.logger, 'A device could not be remembered', remember, client);
  }
}
