import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { UsersService } from '../../users/users.service.js';
import { CallerAccount } from '../reauthentication/caller-account.js';
import { eventOf } from '../reauthentication/password-confirmation.js';
import { AccountMails } from '../mails/account-mails.js';

/** Another address, once its owner has confirmed it. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly sessions: SessionsService,
    private readonly mails: AccountMails,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Whether someone has the address already is not asked: only who reads its mail gets to know, at the confirmation.
   * @throws InvalidCredentialsError if the password is wrong
   */
  async request(caller: Principal, email: string, password: string, client: ClientInfo): Promise<void> {
    const wanted = { type: 'email.change_requested', caller, client } as const;
    const user = await this.account.findWithPassword(wanted, password);
    await this.unitOfWork.run(async (transaction) => {
      await this.mails.emailChange(user, email, caller.sessionId, client, transaction);
      const details = this.identifiers.ofChange(user.email, email);
      await this.audit.record({ ...eventOf(wanted), details }, transaction);
    });
  }

  /**
   * Ends what was mailed to the old address, and all sessions but the one that asked: the address is what one logs in
   * with, and what a lost password is reset by.
   * @throws OneTimeTokenInvalidError also if the session that asked was ended meanwhile
   * @throws EmailTakenError if someone else has the address by now
   */
  async confirm(token: string, client: ClientInfo): Promise<void> {
    const found = await this.tokens.find('email-change', token);
    const user = found && (await this.users.findById(found.subject));
    if (!user) throw new OneTimeTokenInvalidError();
    const { email, sessionId } = wishOf(found);
    // Its end took the token with it, unless that was asked for at the same time.
    if (!(await this.sessions.isUnended(sessionId, user.id))) throw new OneTimeTokenInvalidError();
    await this.unitOfWork.run(async (transaction) => {
      const changed = await this.users.changeEmail(user, email, transaction);
      if (!changed) throw new OneTimeTokenInvalidError();
      await this.tokens.use(found, found.binding, transaction);
      await this.tokens.end(user.id, transaction);
      await this.mails.emailChanged(user, email, transaction);
      const actor = { kind: 'user', id: user.id } as const;
      const details = this.identifiers.ofChange(user.email, email);
      await this.audit.record(
        { type: 'email.changed', actor, subject: user.id, client, details },
        transaction,
      );
      await this.sessions.end({
        subject: user.id,
        reason: 'email_changed',
        except: sessionId,
        client,
        within: transaction,
      });
    });
  }
}

/** What `AccountMails.emailChange` wrote down. */
function wishOf({ payload, sessionId }: OneTimeToken): { email: string; sessionId: string } {
  const { email } = payload;
  if (typeof email !== 'string' || sessionId === null) throw new OneTimeTokenInvalidError();
  return { email, sessionId };
}
