import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { ClientInfo } from '../../common/client-info.js';
import { deviceOf } from '../../common/device.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { DEFAULT_LANGUAGE, type MailData, type MailTemplate } from '../../mail/mail.js';
import { Outbox } from '../../mail/outbox.js';
import type { User } from '../../users/user.js';
import { greetedName } from './greeted-name.js';

/** Tells users by mail of what happened to their account, in a language that no stranger chose. */
@Injectable()
export class AccountNotices {
  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async passwordChanged(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    await this.tell('password-changed', user, this.dataOf(user, client), transaction);
  }

  /** To the old address. @param user as it was before */
  async emailChanged(user: User, newEmail: string, transaction: Transaction): Promise<void> {
    await this.tell('email-changed', user, { name: greetedName(user), newEmail }, transaction);
  }

  /** Outlives the account, which it is no part of. @param user as it was */
  async accountDeleted(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    const mail = { to: user.email, template: 'account-deleted', language: DEFAULT_LANGUAGE } as const;
    await this.outbox.enqueue({ ...mail, data: this.dataOf(user, client) }, transaction);
  }

  /** Of a login. */
  async newDevice(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    await this.tell('new-device', user, this.dataOf(user, client), transaction);
  }

  /** @param at when the account began to wait */
  async lockedOut(user: User, client: ClientInfo, at: Date): Promise<void> {
    await this.tell('lockout', user, { ...this.dataOf(user, client), at });
  }

  async refreshTokenReused(user: User, client: ClientInfo | null): Promise<void> {
    await this.tell('refresh-token-reused', user, this.dataOf(user, client));
  }

  private dataOf(user: User, client: ClientInfo | null): MailData['password-changed'] {
    return {
      name: greetedName(user),
      at: new Date(this.clock.now()),
      ip: client?.ip ?? null,
      device: deviceOf(client?.userAgent ?? null),
    };
  }

  private async tell<Template extends MailTemplate>(
    template: Template,
    { id: account, email: to }: User,
    data: MailData[Template],
    transaction?: Transaction,
  ): Promise<void> {
    await this.outbox.enqueue({ to, template, data, language: DEFAULT_LANGUAGE, account }, transaction);
  }
}
