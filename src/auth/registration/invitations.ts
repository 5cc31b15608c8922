import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import type { ClientInfo } from '../../common/client-info.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { RegistrationConfig } from '../../config/config.js';
import { EmailTakenError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { LinkMails } from '../mails/link-mails.js';
import { RegistrationClosedError } from './registration.errors.js';
import { type Invitation, invitationEvent } from './invitation.js';

/** Invites people to have an account. */
@Injectable()
export class Invitations {
  constructor(
    private readonly users: UsersRepository,
    private readonly mails: LinkMails,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly config: RegistrationConfig,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * A second invitation ends the first.
   * @returns the invitation's id
   * @throws EmailTakenError
   * @throws RegistrationClosedError with `REGISTRATION=closed`, and where the flow is left out in which it would be accepted
   */
  async invite(invitation: Invitation, { subject: id }: Principal, client: ClientInfo): Promise<string> {
    if (this.config.mode === 'closed' || !this.mails.canInvite)
      throw new RegistrationClosedError('Invitations are closed here.');
    if (await this.users.findByEmail(invitation.email)) throw new EmailTakenError();
    return this.unitOfWork.run(async (transaction) => {
      const invitationId = await this.mails.invitation(invitation, id, client, transaction);
      // None is too soon after another.
      if (invitationId === undefined) throw new Error('An invitation was not kept.');
      await this.audit.record(
        invitationEvent('user.invited', this.identifiers.of(invitation.email), id, client),
        transaction,
      );
      return invitationId;
    });
  }
}
