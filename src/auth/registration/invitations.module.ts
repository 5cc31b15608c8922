import { Module } from '@nestjs/common';
import { AccountMailsModule } from '../mails/account-mails.module.js';
import { Invitations } from './invitations.js';
import { PendingInvitations } from './pending-invitations.js';

/** For who invites; no routes. */
@Module({
  imports: [AccountMailsModule],
  providers: [Invitations, PendingInvitations],
  exports: [Invitations, PendingInvitations],
})
export class InvitationsModule {}
