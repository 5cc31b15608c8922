import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { OneTimeTokensConfig, PagesConfig, RegistrationConfig } from '../../config/config.js';
import { Outbox } from '../../mail/outbox.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { hasPasswordHash, type User } from '../../users/user.js';
import { accountLink } from './account-links.js';
import { resetBindingOf } from './reset-binding.js';

/** A link to set a password, as an operator is shown it. */
export interface PrintedLink {
  /** Who has it has the account. */
  readonly link: string;
  readonly expiresAt: Date;
}

/** What the payload of a token says that was not mailed: its use proves nothing about the address. */
export const PRINTED = { printed: true } as const;

/** Links to set a password that operators make. A first password has the time of an invitation, another one that of a reset. */
@Injectable()
export class PasswordLinks {
  constructor(
    private readonly outbox: Outbox,
    private readonly tokens: OneTimeTokens,
    private readonly pages: PagesConfig,
    private readonly config: OneTimeTokensConfig,
    private readonly registration: RegistrationConfig,
    private readonly clock: Clock,
  ) {}

  /** To a user who has just been made. */
  async mail(user: User, transaction: Transaction): Promise<void> {
    const { link, lifetime } = await this.make(user, {}, transaction);
    const data = { name: user.name, link, expiresIn: lifetime };
    const mail = { to: user.email, template: 'invitation', data, language: null, account: user.id } as const;
    await this.outbox.enqueue(mail, transaction);
  }

  /** For who hands it on; those that were mailed stay good. */
  async print(user: User, transaction: Transaction): Promise<PrintedLink> {
    const { link, lifetime } = await this.make(user, PRINTED, transaction);
    return { link, expiresAt: new Date(this.clock.now() + lifetime) };
  }

  private async make(
    user: User,
    payload: Readonly<Record<string, unknown>>,
    transaction: Transaction,
  ): Promise<{ readonly link: string; readonly lifetime: number }> {
    const lifetime = hasPasswordHash(user) ? this.config.resetTtl : this.registration.invitationTtl;
    const times = { lifetime, notWithin: 0, keepOlder: true };
    const request = { subject: user.id, binding: resetBindingOf(user), payload, ...times };
    const token = await this.tokens.issue({ purpose: 'password-reset', ...request }, transaction);
    if (token === undefined) throw new Error('A one-time token was not kept.');
    return { link: accountLink(this.pages.linksUrl, 'password-reset', token), lifetime };
  }
}
