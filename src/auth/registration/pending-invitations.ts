import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { invitationEvent, type PendingInvitation, toPending } from './invitation.js';

export interface InvitationPage {
  readonly invitations: readonly PendingInvitation[];
  /** What `before` is for the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** Invitations that have been mailed and can still be accepted. */
@Injectable()
export class PendingInvitations {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Those that can still be accepted, the latest first. @param before id of the last one of the page before */
  async list(page: { readonly limit: number; readonly before: string | undefined }): Promise<InvitationPage> {
    const found = await this.tokens.list('invitation', { ...page, limit: page.limit + 1 });
    const invitations = found.slice(0, page.limit).map(toPending);
    return { invitations, next: found.length > page.limit ? invitations.at(-1)?.id : undefined };
  }

  /** Its link is of no use any more. @throws NotFoundError if it was accepted or replaced, or has expired */
  async withdraw(invitationId: string, { subject: id }: Principal, client: ClientInfo): Promise<void> {
    if (!isUUID(invitationId)) throw new NotFoundError('There is no such invitation.');
    await this.unitOfWork.run(async (transaction) => {
      const token = await this.tokens.withdraw('invitation', invitationId, transaction);
      if (!token) throw new NotFoundError('There is no such invitation.');
      const { email } = toPending(token);
      await this.audit.record(
        invitationEvent('invitation.withdrawn', this.identifiers.of(email), id, client),
        transaction,
      );
    });
  }
}
