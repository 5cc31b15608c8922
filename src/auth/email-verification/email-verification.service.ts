import { Injectable } from '@nestjs/common';
import type { AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { UsersService } from '../../users/users.service.js';
import { CallerAccount } from '../reauthentication/caller-account.js';
import { AccountMails } from '../mails/account-mails.js';

/** Proof that users own their address. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly account: CallerAccount,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws OneTimeTokenInvalidError also if the user has another address by now, or is disabled */
  async verify(token: string, client: ClientInfo): Promise<void> {
    const found = await this.tokens.find('email-verification', token);
    if (!found) throw new OneTimeTokenInvalidError();
    await this.unitOfWork.run(async (transaction) => {
      const verified = await this.users.verifyEmail(found.subject, found.binding, transaction);
      if (!verified) throw new OneTimeTokenInvalidError();
      await this.tokens.use(found, found.binding, transaction);
      await this.record('email.verified', found.subject, client, transaction);
    });
  }

  /** Sends nothing to who has verified the address already. */
  async resend(subject: string, client: ClientInfo): Promise<void> {
    const user = await this.account.find(subject);
    if (user.emailVerifiedAt) return;
    await this.unitOfWork.run(async (transaction) => {
      await this.mails.emailVerification(user, client, transaction);
      await this.record('email.verification_requested', subject, client, transaction);
    });
  }

  private async record(
    type: AuditEventType,
    id: string,
    client: ClientInfo,
    transaction: Transaction,
  ): Promise<void> {
    await this.audit.record({ type, actor: { kind: 'user', id }, subject: id, client }, transaction);
  }
}
