import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { AccountNotices } from '../mails/account-notices.js';
import type { User } from '../../users/user.js';
import type { Transaction } from '../../common/unit-of-work.js';

/** An address that has been replaced. */
export interface ReplacedAddress {
  /** As it was before. */
  readonly user: User;
  readonly email: string;
  /** Of the session that asked, which goes on. */
  readonly sessionId: string;
  readonly client: ClientInfo;
}

/** What goes with an address that has been replaced. */
@Injectable()
export class AddressReplacement {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly notices: AccountNotices,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly sessions: SessionsService,
  ) {}

  /** Ends what was mailed, and the other sessions; tells the old address. */
  async settle({ user, email, sessionId, client }: ReplacedAddress, transaction: Transaction): Promise<void> {
    await this.tokens.end(user.id, transaction);
    await this.notices.emailChanged(user, email, transaction);
    const actor = { kind: 'user', id: user.id } as const;
    const details = this.identifiers.ofChange(user.email, email);
    await this.audit.record({ type: 'email.changed', actor, subject: user.id, client, details }, transaction);
    await this.sessions.end({
      subject: user.id,
      reason: 'email_changed',
      except: sessionId,
      client,
      within: transaction,
    });
  }
}
