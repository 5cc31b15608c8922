import { Injectable } from '@nestjs/common';
import type { AuditEvent, AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RegistrationConfig } from '../../config/slices.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import type { User } from '../../users/user.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { NewPassword } from '../passwords/new-password.js';
import { VerifiedRegistration } from './verified-registration.js';
import { RegistrationClosedError } from './registration.errors.js';

/** What an administrator has written down. */
export interface Invitation {
  readonly name: string | null;
  readonly email: string;
}

/** One that has been mailed and can still be accepted. */
export interface PendingInvitation extends Invitation {
  readonly id: string;
  /** Id of the administrator. */
  readonly invitedBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface InvitationPage {
  readonly invitations: readonly PendingInvitation[];
  /** What `before` is for the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** Accounts for whom an administrator has asked in: the mailed link sets their password. */
@Injectable()
export class Invitations {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
    private readonly newPassword: NewPassword,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly accounts: VerifiedRegistration,
    private readonly config: RegistrationConfig,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * A second invitation ends the first.
   * @throws EmailTakenError
   * @throws RegistrationClosedError with `REGISTRATION=closed`
   */
  async invite(invitation: Invitation, { subject: id }: Principal, client: ClientInfo): Promise<void> {
    if (this.config.mode === 'closed') throw new RegistrationClosedError('Nobody can be invited here.');
    if (await this.users.findByEmail(invitation.email)) throw new EmailTakenError();
    await this.unitOfWork.run(async (transaction) => {
      await this.mails.invitation(invitation, id, client, transaction);
      await this.audit.record(this.eventOf('user.invited', invitation.email, id, client), transaction);
    });
  }

  /** Those that can still be accepted, the latest first. @param before id of the last one of the page before */
  async list(page: { readonly limit: number; readonly before: string | undefined }): Promise<InvitationPage> {
    const found = await this.tokens.list('invitation', { ...page, limit: page.limit + 1 });
    const invitations = found.slice(0, page.limit).map(toPending);
    return { invitations, next: found.length > page.limit ? invitations.at(-1)?.id : undefined };
  }

  /** Its link is of no use any more. @throws NotFoundError if it was accepted or replaced, or has expired */
  async withdraw(invitationId: string, { subject: id }: Principal, client: ClientInfo): Promise<void> {
    await this.unitOfWork.run(async (transaction) => {
      const token = await this.tokens.withdraw('invitation', invitationId, transaction);
      if (!token) throw new NotFoundError('There is no such invitation.');
      const { email } = toPending(token);
      await this.audit.record(this.eventOf('invitation.withdrawn', email, id, client), transaction);
    });
  }

  /**
   * @param name in place of the invitation's
   * @throws RegistrationClosedError with `REGISTRATION=closed`
   * @throws OneTimeTokenInvalidError also if the address has an account by now
   * @throws PasswordRejectedError, and the token stays good
   */
  async accept(token: string, password: string, name: string | null, client: ClientInfo): Promise<User> {
    if (this.config.mode === 'closed') throw new RegistrationClosedError('Nobody can be invited here.');
    const found = await this.tokens.find('invitation', token);
    if (!found) throw new OneTimeTokenInvalidError();
    const invitation = toPending(found);
    const wish = { email: invitation.email, name: name ?? invitation.name };
    const passwordHash = await this.newPassword.hash(password, wish);
    return this.accounts.create(found, { ...wish, passwordHash }, 'invitation.accepted', client);
  }

  /** Tells whom by the keyed hash that other events have, too. */
  private eventOf(type: AuditEventType, email: string, admin: string, client: ClientInfo): AuditEvent {
    const details = { identifier: this.identifiers.of(email) };
    return { type, actor: { kind: 'user', id: admin }, subject: null, client, details };
  }
}

function toPending({ id, payload, createdAt, expiresAt }: OneTimeToken): PendingInvitation {
  const { name, email, invitedBy = null } = payload as unknown as Invitation & { invitedBy?: string };
  return { id, name, email, invitedBy, createdAt, expiresAt };
}
