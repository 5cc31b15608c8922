import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/unit-of-work.js';
import { Outbox } from '../../mail/outbox.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { IdentityLinks } from '../../users/identity-links.js';
import type { User } from '../../users/user.js';
import { addressSubject } from '../mails/address-subject.js';

/** What is kept about a user beside the account and its sessions, and goes with the account. */
@Injectable()
export class AccountLeftovers {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly devices: DeviceHistory,
    private readonly outbox: Outbox,
    private readonly links: IdentityLinks,
  ) {}

  async forget({ id, email }: User, transaction: Transaction): Promise<void> {
    await this.tokens.end(id, transaction);
    await this.tokens.end(addressSubject(email), transaction);
    await this.devices.forget(id, transaction);
    await this.outbox.discard(id, transaction);
    await this.links.forget(id, transaction);
  }
}
