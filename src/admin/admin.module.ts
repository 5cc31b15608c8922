import { Module } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import { AccountHelpController } from './account-help.controller.js';
import { AdminController } from './admin.controller.js';
import { AuditController } from './audit.controller.js';
import { InvitationsController } from './invitations.controller.js';
import { InitialAdminService } from './initial-admin.service.js';
import { TokenRevocationsService } from './token-revocations.service.js';

@Module({
  controllers: [AdminController, InvitationsController, AccountHelpController, AuditController],
  providers: [InitialAdminService, AccountsService, TokenRevocationsService],
  exports: [InitialAdminService, AccountsService, TokenRevocationsService],
})
export class AdminModule {}
