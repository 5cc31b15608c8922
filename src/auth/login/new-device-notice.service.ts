import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { deviceOf } from '../../common/device.js';
import { orLog } from '../../common/errors/or-log.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { Outbox } from '../../mail/outbox.js';
import { KnownDevices } from '../../tokens/devices/known-devices.js';
import type { User } from '../../users/user.js';

/** Tells users by mail that somebody has logged in from where they never have. */
@Injectable()
export class NewDeviceNotice {
  private readonly logger = new Logger('NewDevice');

  constructor(
    private readonly devices: KnownDevices,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** The device that registers is the first one, and no news. */
  async registered(user: User, client: ClientInfo): Promise<void> {
    await this.harmlessly(() => this.devices.remember(user.id, client), client);
  }

  /** A few milliseconds; the mail is sent later. */
  async loggedIn(user: User, client: ClientInfo): Promise<void> {
    const { ip, userAgent, language } = client;
    const tell = async (transaction: Transaction) => {
      const { name, email: to } = user;
      const data = { name, at: new Date(this.clock.now()), ip, device: deviceOf(userAgent) };
      await this.outbox.enqueue({ to, template: 'new-device', data, language }, transaction);
    };
    await this.harmlessly(() => this.devices.remember(user.id, client, tell), client);
  }

  /** Whoever has signed in has signed in. A device that could not be remembered is still new the next time. */
  private async harmlessly(work: () => Promise<void>, client: ClientInfo): Promise<void> {
    await orLog(this.logger, 'A device could not be remembered', work, client);
  }
}
