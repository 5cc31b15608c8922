import { Module } from '@nestjs/common';
import { UserAdministrationService } from './user-administration.service.js';
import { AccountErasureModule } from '../auth/account/account-erasure.module.js';
import { LoginAttemptsModule } from '../auth/login/login-attempts.module.js';
import { AccountMailsModule } from '../auth/mails/account-mails.module.js';
import { PasswordResetRequestModule } from '../auth/password-reset/password-reset-request.module.js';
import { InvitationsModule } from '../auth/registration/invitations.module.js';
import { SessionClientsModule } from '../auth/session/session-clients.module.js';
import { AdminSessionsController } from './admin-sessions.controller.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminController } from './admin.controller.js';
import { AccountRescueService } from './account-rescue.service.js';
import { AuditController } from './audit.controller.js';
import { InvitationsController } from './invitations.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { RestoredStorageService } from './restored-storage.service.js';
import { AccountCreation } from './users/account-creation.js';
import { PresentRights } from './rights/present-rights.js';
import { HolderTokens } from './roles/holder-tokens.js';
import { RoleAdministrationService } from './roles/role-administration.service.js';
import { RolesController } from './roles/roles.controller.js';
import { UserRolesService } from './roles/user-roles.service.js';
import { AddressChanges } from './users/address-changes.js';
import { BasicChanges } from './users/basic-changes.js';
import { HeldUsers } from './users/held-users.js';
import { ListedUsers } from './users/listed-users.js';
import { RoleAssignments } from './users/role-assignments.js';
import { UserChangesController } from './users/user-changes.controller.js';
import { UserChangesService } from './users/user-changes.service.js';
import { UserDeletionService } from './users/user-deletion.service.js';
import { UserUnlockService } from './users/user-unlock.service.js';
import { UserDirectoryController } from './users/user-directory.controller.js';
import { TokenRevocationsService } from './token-revocations.service.js';

/** Routes and operations for administrators: users, sessions, invitations, the audit log. */
@Module({
  imports: [
    AccountErasureModule,
    AccountMailsModule,
    LoginAttemptsModule,
    PasswordResetRequestModule,
    InvitationsModule,
    SessionClientsModule,
  ],
  controllers: [
    AdminController,
    InvitationsController,
    UserDirectoryController,
    UserChangesController,
    AdminUsersController,
    AdminSessionsController,
    RolesController,
    KeysController,
    AuditController,
  ],
  providers: [
    AccountCreation,
    AccountRescueService,
    ListedUsers,
    HeldUsers,
    PresentRights,
    AddressChanges,
    BasicChanges,
    RoleAssignments,
    HolderTokens,
    RoleAdministrationService,
    UserRolesService,
    UserChangesService,
    UserDeletionService,
    UserUnlockService,
    RestoredStorageService,
    UserAdministrationService,
    TokenRevocationsService,
  ],
  exports: [
    AccountCreation,
    AccountRescueService,
    RoleAdministrationService,
    UserRolesService,
    UserAdministrationService,
    TokenRevocationsService,
  ],
})
export class AdminModule {}
