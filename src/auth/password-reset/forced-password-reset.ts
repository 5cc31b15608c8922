import { Injectable } from '@nestjs/common';
import type { Actor, AuditEvent } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { hasPassword, unsetPassword, type User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { NoLocalPasswordError } from '../credentials/credential.errors.js';
import { LinkMails } from '../mails/link-mails.js';
import { PasswordLinks, type PrintedLink } from '../mails/password-links.js';

/** Who begins it, and from where. */
interface Forcing {
  /** Id of the administrator; undefined: an operator. */
  readonly by?: string | undefined;
  readonly client?: ClientInfo | null | undefined;
  /** What it is part of; undefined: a transaction of its own. */
  readonly within?: Transaction | undefined;
}

/** A reset that an administrator or operator begins for a user. */
@Injectable()
export class ForcedPasswordReset {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly mails: LinkMails,
    private readonly links: PasswordLinks,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Only the user is mailed the link, and no one else sees it. Their sessions end, and the password of before is none any more: who
   * stole it is not let in again. Whoever loses the mail asks for another link.
   * @throws AccountDisabledError; NoLocalPasswordError if the password is kept elsewhere
   */
  async startFor(user: User, { by, client = null, within }: Forcing = {}): Promise<void> {
    requireResettable(user);
    if (!within) {
      await this.unitOfWork.run((transaction) => this.startFor(user, { by, client, within: transaction }));
      return;
    }
    const passwordHash = await this.unsetPasswordOf(user, within);
    await this.mails.forcedPasswordReset({ ...user, passwordHash }, within);
    const actor: Actor = by === undefined ? { kind: 'operator' } : { kind: 'user', id: by };
    await this.audit.record({ type: 'password.reset_requested', actor, subject: user.id, client }, within);
    await this.sessions.end({ subject: user.id, reason: 'ended_by_admin', client, by, within });
  }

  /** Also where the user changes it at this moment, or a login hashes it anew. @returns what is in place of a hash */
  private async unsetPasswordOf({ id, passwordHash }: User, within: Transaction): Promise<string> {
    const none = { passwordHash: unsetPassword(), passwordChangeRequired: false };
    if (await this.users.replacePassword(id, passwordHash, none, within)) return none.passwordHash;
    const changed = await this.users.findWithin(id, within);
    return changed ? this.unsetPasswordOf(changed, within) : none.passwordHash;
  }

  /**
   * The same link, shown to an operator in place of the mail. Nothing else changes before it is used.
   * @throws AccountDisabledError; NoLocalPasswordError if the password is kept elsewhere
   */
  async linkFor(user: User): Promise<PrintedLink> {
    requireResettable(user);
    return this.unitOfWork.run(async (transaction) => {
      await this.audit.record(linkPrinted(user), transaction);
      return this.links.print(user, transaction);
    });
  }
}

function requireResettable(user: User): void {
  if (user.disabledAt) throw new AccountDisabledError();
  if (!hasPassword(user)) throw new NoLocalPasswordError();
}

/** What the audit log says of a link that an operator has seen. */
export function linkPrinted({ id: subject }: Pick<User, 'id'>): AuditEvent {
  const details = { reason: 'link_printed' };
  return { type: 'password.reset_requested', actor: { kind: 'operator' }, subject, client: null, details };
}
