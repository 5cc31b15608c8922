import { Injectable } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { User } from '../../users/user.js';
import { AccountNotices } from '../mails/account-notices.js';

/** What goes with a password that has been replaced. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly notices: AccountNotices,
    private readonly audit: AuditSink,
    private readonly sessions: SessionsService,
  ) {}

  /** Ends the other sessions, and links that were mailed to reset the password or change the address. */
  async changed(
    user: User,
    event: AuditEvent & { readonly sessionId: string },
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    await this.tokens.end(user.id, transaction, ['password-reset', 'email-change']);
    await this.tell(user, event, client, transaction);
    await this.sessions.end({
      subject: user.id,
      reason: 'password_changed',
      except: event.sessionId,
      client,
      within: transaction,
    });
  }

  /** Ends every session, and everything that was mailed. */
  async reset(user: User, client: ClientInfo, transaction: Transaction): Promise<void> {
    await this.tokens.end(user.id, transaction);
    const actor = { kind: 'user', id: user.id } as const;
    await this.tell(user, { type: 'password.reset', actor, subject: user.id, client }, client, transaction);
    await this.sessions.end({ subject: user.id, reason: 'password_reset', client, within: transaction });
  }

  private async tell(
    user: User,
    event: AuditEvent,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    await this.notices.passwordChanged(user, client, transaction);
    await this.audit.record(event, transaction);
  }
}
