import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { Mailer } from '../../mail/transport/mailer.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { SessionEndReason } from '../../tokens/sessions/session.js';
import type { User } from '../../users/user.js';
import { AccountLeftovers } from './account-leftovers.js';

/** What goes with an account: mailed links, devices, mails that have not been sent, sessions. The audit log stays. */
@Injectable()
export class AccountErasure {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly leftovers: AccountLeftovers,
    private readonly mailer: Mailer,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * In the transaction that has deleted the user, and once more after it, for what a login or a request for a link that
   * found the user before has left. Access tokens die.
   * @param client whose request it is; null: an operator's
   * @param by id of the administrator who does; undefined: the user, or an operator
   */
  async erase(user: User, client: ClientInfo | null, transaction: Transaction, by?: string): Promise<void> {
    await this.leftovers.forget(user, transaction);
    await this.sessions.end({
      subject: user.id,
      reason: 'account_deleted',
      erase: true,
      client,
      by,
      within: transaction,
    });
    transaction.afterCommit(async () => {
      await this.unitOfWork.run((again) => this.leftovers.forget(user, again));
      await this.mailer.forget(user.email, 'account-deleted');
    });
  }

  /** The user's sessions end, and links that were mailed to them, for good. */
  async shutOut(
    id: string,
    reason: SessionEndReason,
    transaction: Transaction,
    acting: { readonly client?: ClientInfo; readonly by?: string } = {},
  ): Promise<void> {
    await this.tokens.end(id, transaction);
    await this.sessions.end({ subject: id, reason, ...acting, within: transaction });
  }
}
