import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/unit-of-work.js';
import { Outbox } from '../../mail/outbox.js';
import { DeviceHistory } from '../../tokens/devices/device-history.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { IdentityLinks } from '../../users/identity-links.js';
import type { User } from '../../users/user.js';
import { addressSubject } from '../mails/address-subject.js';

/** Deletes what is kept about a user, by id. */
type Forget = (subject: string, transaction: Transaction) => Promise<void>;

/** What is kept about a user beside the account and its sessions, and goes with the account. */
@Injectable()
export class AccountLeftovers {
  private readonly others: Forget[] = [];

  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly devices: DeviceHistory,
    private readonly outbox: Outbox,
    private readonly links: IdentityLinks,
  ) {}

  /** Of modules above, which keep something about users, too. */
  declare(forget: Forget): void {
    this.others.push(forget);
  }

  async forget({ id, email }: User, transaction: Transaction): Promise<void> {
    // Before the tokens, as where a consent is taken back: two of these at once wait for one another.
    // oxlint-disable-next-line eslint/no-await-in-loop -- one transaction, one statement at a time
    for (const forget of this.others) await forget(id, transaction);
    await this.tokens.end(id, transaction);
    await this.tokens.end(addressSubject(email), transaction);
    await this.devices.forget(id, transaction);
    await this.outbox.discard(id, transaction);
    await this.links.forget(id, transaction);
  }
}
