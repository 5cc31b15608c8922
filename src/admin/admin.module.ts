import { Module } from '@nestjs/common';
import { UserAdministrationService } from './user-administration.service.js';
import { AccountModule } from '../auth/account/account.module.js';
import { PasswordResetModule } from '../auth/password-reset/password-reset.module.js';
import { RegistrationModule } from '../auth/registration/registration.module.js';
import { AdminSessionsController } from './admin-sessions.controller.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminController } from './admin.controller.js';
import { AccountRescueService } from './account-rescue.service.js';
import { AuditController } from './audit.controller.js';
import { InvitationsController } from './invitations.controller.js';
import { TokenRevocationsService } from './token-revocations.service.js';

/** Routes and operations for administrators: users, sessions, invitations, the audit log. */
@Module({
  imports: [AccountModule, PasswordResetModule, RegistrationModule],
  controllers: [
    AdminController,
    InvitationsController,
    AdminUsersController,
    AdminSessionsController,
    AuditController,
  ],
  providers: [AccountRescueService, UserAdministrationService, TokenRevocationsService],
  exports: [AccountRescueService, UserAdministrationService, TokenRevocationsService],
})
export class AdminModule {}
