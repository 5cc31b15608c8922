import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { OneTimeTokensConfig, RegistrationConfig, PagesConfig } from '../../config/config.js';
import { type Mail, NO_RECIPIENT } from '../../mail/mail.js';
import { Outbox } from '../../mail/outbox.js';
import { OneTimeTokens, type OneTimeTokenRequest } from '../../tokens/one-time/one-time-tokens.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';
import { emailKey, type User } from '../../users/user.js';
import { PresentFlows } from '../flows/present-flows.js';
import { accountLink } from './account-links.js';
import { addressSubject } from './address-subject.js';
import { greetedName } from './greeted-name.js';
import { resetBindingOf } from './reset-binding.js';

type LinkPurpose = Parameters<typeof accountLink>[1];
type Times = Pick<OneTimeTokenRequest, 'purpose' | 'lifetime' | 'notWithin' | 'keepOlder'>;

/** Who is mailed a link. */
interface LinkRecipient {
  /** Of the account, if there is one. */
  readonly id?: string;
  readonly name: string | null;
  readonly to: string;
}

/** An account that its link is to make. */
interface LinkedAccount {
  readonly name: string | null;
  readonly email: string;
  /** A team's own. */
  readonly fields: UserFieldValues;
}

/** Mails with a link for one use: written down with its token, sent once that has committed. */
@Injectable()
export class LinkMails {
  constructor(
    private readonly outbox: Outbox,
    private readonly tokens: OneTimeTokens,
    private readonly pages: PagesConfig,
    private readonly config: OneTimeTokensConfig,
    private readonly registrationConfig: RegistrationConfig,
    private readonly flows: PresentFlows,
  ) {}

  /** Whether there is a flow in which an invitation is accepted. */
  get canInvite(): boolean {
    return this.flows.has('registration');
  }

  /** Sends no second link for the same password and address within `MAIL_MIN_INTERVAL`. */
  async passwordReset(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    const request = { subject: user.id, binding: resetBindingOf(user) };
    const recipient = { id: user.id, name: greetedName(user), to: user.email };
    await this.sendLink('password-reset', recipient, client, request, transaction);
  }

  /** The same, however short a time ago there was another link: those of before are none any more, as the password. */
  async forcedPasswordReset(user: User, transaction: Transaction): Promise<void> {
    const request = { subject: user.id, binding: resetBindingOf(user), notWithin: 0 };
    const recipient = { id: user.id, name: greetedName(user), to: user.email };
    await this.sendLink('password-reset', recipient, { language: null }, request, transaction);
  }

  /** The same work as `passwordReset` where no mail is to be sent. */
  async pretendPasswordReset(
    email: string,
    { language }: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const times = this.times('password-reset');
    const token = await this.tokens.pretend(emailKey(email), times, transaction);
    if (token === undefined) return;
    const mail = this.linkMail('password-reset', { name: null, to: NO_RECIPIENT }, language, token);
    await this.outbox.enqueue(mail, transaction);
  }

  /** The same work as `passwordReset`, for a user whose password is kept elsewhere: told so, where a link would not help. */
  async passwordKeptElsewhere(user: User, { language }: ClientInfo, transaction: Transaction): Promise<void> {
    await this.tellInPlace('password-reset', 'password-elsewhere', user, language, transaction);
  }

  /**
   * The first link to verify the address of an account that is being made, to be written together with it. None where there
   * is no flow to follow it to.
   */
  firstEmailVerification({ id, email }: Pick<User, 'id' | 'email'>, { language }: ClientInfo): Write[] {
    if (!this.flows.has('email-verification')) return [];
    const { purpose, lifetime } = this.times('email-verification');
    const first = this.tokens.issuingFirst({ purpose, lifetime, subject: id, binding: emailKey(email) });
    const mail = this.linkMail('email-verification', { id, name: null, to: email }, language, first.token);
    return [first.write, this.outbox.enqueuing(mail)];
  }

  /** Sends no second link to the same address within `MAIL_MIN_INTERVAL`. */
  async emailVerification(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    const request = { subject: user.id, binding: emailKey(user.email) };
    const recipient = { id: user.id, name: null, to: user.email };
    await this.sendLink('email-verification', recipient, client, request, transaction);
  }

  /**
   * To the new address; no second link there within `MAIL_MIN_INTERVAL`.
   * @param sessionId of the caller, which goes on; its end ends the link
   */
  async emailChange(
    user: User,
    email: string,
    sessionId: string,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const request = { subject: user.id, binding: emailKey(email), payload: { email }, sessionId };
    await this.sendLink('email-change', { id: user.id, name: null, to: email }, client, request, transaction);
  }

  /**
   * To an address without account; no second link there within `MAIL_MIN_INTERVAL`. The ones before stay good: one who
   * registers another's address does not take the link away that its owner has.
   */
  async registration(
    wish: LinkedAccount & { readonly passwordHash: string },
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    const binding = emailKey(wish.email);
    const request = { subject: addressSubject(wish.email), binding, payload: { ...wish } };
    await this.sendLink('registration', { name: null, to: wish.email }, client, request, transaction);
  }

  /** The same work as `registration`, for an address that has an account. */
  async accountExists(user: User, { language }: ClientInfo, transaction: Transaction): Promise<void> {
    await this.tellInPlace('registration', 'account-exists', user, language, transaction);
  }

  /** @param invitedBy id of who invites @returns the invitation's id */
  async invitation(
    invitation: LinkedAccount,
    invitedBy: string,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<string | undefined> {
    const { email, name } = invitation;
    const payload = { ...invitation, invitedBy };
    const request = { subject: addressSubject(email), binding: emailKey(email), payload };
    // An administrator wrote it.
    return this.sendLink('invitation', { name, to: email }, client, request, transaction);
  }

  /** The same work as a link, and no more often. */
  private async tellInPlace(
    purpose: LinkPurpose,
    template: 'account-exists' | 'password-elsewhere',
    user: User,
    language: ClientInfo['language'],
    transaction: Transaction,
  ): Promise<void> {
    const token = await this.tokens.pretend(emailKey(user.email), this.times(purpose), transaction);
    if (token === undefined) return;
    const { email: to, id: account } = user;
    const data = { name: greetedName(user) };
    await this.outbox.enqueue({ to, template, data, language, account }, transaction);
  }

  private async sendLink(
    purpose: LinkPurpose,
    recipient: LinkRecipient,
    { language }: Pick<ClientInfo, 'language'>,
    request: Pick<OneTimeTokenRequest, 'subject' | 'binding' | 'payload' | 'sessionId'> & Partial<Times>,
    transaction: Transaction,
  ): Promise<string | undefined> {
    const issued = await this.tokens.issueWithId({ ...this.times(purpose), ...request }, transaction);
    const mail = issued && this.linkMail(purpose, recipient, language, issued.token);
    if (mail) await this.outbox.enqueue(mail, transaction);
    return issued?.id;
  }

  private linkMail(
    purpose: LinkPurpose,
    { name, id, to }: LinkRecipient,
    language: ClientInfo['language'],
    token: string,
  ): Mail<Exclude<LinkPurpose, 'registration'>> {
    const link = accountLink(this.pages.linksUrl, purpose, token);
    const data = { name, link, expiresIn: this.times(purpose).lifetime };
    const template = purpose === 'registration' ? 'email-verification' : purpose;
    const account = id === undefined ? {} : { account: id };
    return { to, template, data, language, ...account };
  }

  private times(purpose: LinkPurpose): Times {
    const { resetTtl, verificationTtl, mailMinInterval } = this.config;
    if (purpose === 'invitation') {
      return { purpose, lifetime: this.registrationConfig.invitationTtl, notWithin: 0 };
    }
    const lifetime = purpose === 'password-reset' ? resetTtl : verificationTtl;
    return { purpose, lifetime, notWithin: mailMinInterval, keepOlder: purpose !== 'email-change' };
  }
}
