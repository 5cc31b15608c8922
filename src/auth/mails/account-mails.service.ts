import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { ClientInfo } from '../../common/client-info.js';
import { deviceOf } from '../../common/device.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { HttpConfig, OneTimeTokensConfig, RegistrationConfig } from '../../config/slices.js';
import { type Incident, NOBODY, OWNERS } from '../../mail/mail.js';
import { Outbox } from '../../mail/outbox.js';
import { OneTimeTokens, type OneTimeTokenRequest } from '../../tokens/one-time/one-time-tokens.service.js';
import { emailKey, type User } from '../../users/user.js';
import { accountLink } from './account-links.js';
import { resetBindingOf } from './reset-binding.js';

type LinkPurpose = Parameters<typeof accountLink>[1];
type Times = Pick<OneTimeTokenRequest, 'purpose' | 'lifetime' | 'notWithin'>;

/** The mails about an account: written down with what they tell of, sent once that has committed. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly outbox: Outbox,
    private readonly tokens: OneTimeTokens,
    private readonly http: HttpConfig,
    private readonly config: OneTimeTokensConfig,
    private readonly registrationConfig: RegistrationConfig,
    private readonly clock: Clock,
  ) {}

  /** Sends no second link for the same password and address within `MAIL_MIN_INTERVAL`. */
  async passwordReset(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    const request = { subject: user.id, binding: resetBindingOf(user) };
    await this.sendLink('password-reset', user, user.email, client, request, transaction);
  }

  /** The same work as `passwordReset` where nobody is to get a mail. */
  async pretendPasswordReset(
    email: string,
    { language }: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const times = this.times('password-reset');
    const token = await this.tokens.pretend(emailKey(email), times, transaction);
    if (token === undefined) return;
    const link = accountLink(this.http.publicUrl, 'password-reset', token);
    const data = { name: null, link, expiresIn: times.lifetime };
    await this.outbox.enqueue({ to: NOBODY, template: 'password-reset', data, language }, transaction);
  }

  /** Sends no second link to the same address within `MAIL_MIN_INTERVAL`. */
  async emailVerification(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    const request = { subject: user.id, binding: emailKey(user.email) };
    await this.sendLink('email-verification', user, user.email, client, request, transaction);
  }

  /**
   * To the new address; no second link there within `MAIL_MIN_INTERVAL`.
   * @param sessionId of who asks, which goes on
   */
  async emailChange(
    user: User,
    email: string,
    sessionId: string,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const request = { subject: user.id, binding: emailKey(email), payload: { email, sessionId } };
    await this.sendLink('email-change', user, email, client, request, transaction);
  }

  /** To an address without account; no second link there within `MAIL_MIN_INTERVAL`. */
  async registration(
    wish: { readonly name: string | null; readonly email: string; readonly passwordHash: string },
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const binding = emailKey(wish.email);
    const request = { subject: subjectOf(wish.email), binding, payload: { ...wish } };
    await this.sendLink('registration', wish, wish.email, client, request, transaction);
  }

  /** The same work as `registration`, for an address that has an account. */
  async accountExists(user: User, { language }: ClientInfo, transaction: Transaction): Promise<void> {
    const token = await this.tokens.pretend(emailKey(user.email), this.times('registration'), transaction);
    if (token === undefined) return;
    const mail = { to: user.email, template: 'account-exists', data: { name: user.name }, language } as const;
    await this.outbox.enqueue(mail, transaction);
  }

  async invitation(
    invitation: { readonly name: string | null; readonly email: string },
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const { email } = invitation;
    const request = { subject: subjectOf(email), binding: emailKey(email), payload: { ...invitation } };
    await this.sendLink('invitation', invitation, email, client, request, transaction);
  }

  async passwordChanged(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    const data = { name: user.name, ...this.incident(client) };
    const mail = { to: user.email, template: 'password-changed', data, language: OWNERS } as const;
    await this.outbox.enqueue(mail, transaction);
  }

  /** To the old address. @param user as it was before */
  async emailChanged(user: User, newEmail: string, transaction: Transaction): Promise<void> {
    const data = { name: user.name, newEmail };
    const mail = { to: user.email, template: 'email-changed', data, language: OWNERS } as const;
    await this.outbox.enqueue(mail, transaction);
  }

  private async sendLink(
    purpose: LinkPurpose,
    { name }: Pick<User, 'name'>,
    to: string,
    { language }: ClientInfo,
    request: Pick<OneTimeTokenRequest, 'subject' | 'binding' | 'payload'>,
    transaction: Transaction,
  ): Promise<void> {
    const times = this.times(purpose);
    const token = await this.tokens.issue({ ...request, ...times }, transaction);
    if (token === undefined) return;
    const link = accountLink(this.http.publicUrl, purpose, token);
    const data = { name, link, expiresIn: times.lifetime };
    const template = purpose === 'registration' ? 'email-verification' : purpose;
    await this.outbox.enqueue({ to, template, data, language }, transaction);
  }

  private times(purpose: LinkPurpose): Times {
    const { resetTtl, verificationTtl, mailMinInterval } = this.config;
    if (purpose === 'invitation') {
      return { purpose, lifetime: this.registrationConfig.invitationTtl, notWithin: 0 };
    }
    const lifetime = purpose === 'password-reset' ? resetTtl : verificationTtl;
    return { purpose, lifetime, notWithin: mailMinInterval };
  }

  private incident({ ip, userAgent }: ClientInfo): Incident {
    return { at: new Date(this.clock.now()), ip, device: deviceOf(userAgent) };
  }
}

/** Of tokens for somebody who has no account yet. */
function subjectOf(email: string): string {
  return `address:${emailKey(email)}`;
}
