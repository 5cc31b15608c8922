import { Module, type NestModule, RequestMethod } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { AdminAuditPageController } from './admin/admin-audit-page.controller.js';
import { AdminInvitationsPageController } from './admin/admin-invitations-page.controller.js';
import { AdminKeysPageController } from './admin/admin-keys-page.controller.js';
import { AdminPage } from './admin/admin-page.js';
import { AdminRoles } from './admin/admin-roles.js';
import { AdminUserPageController } from './admin/admin-user-page.controller.js';
import { AdminUserView } from './admin/admin-user-view.js';
import { AdminUsersPageController } from './admin/admin-users-page.controller.js';
import { PageApi } from './api/page-api.js';
import { ActivityPageController } from './controllers/activity-page.controller.js';
import { ForgotPasswordPageController } from './controllers/forgot-password-page.controller.js';
import { FrontDoorController } from './controllers/front-door.controller.js';
import { LinkFields } from './controllers/link-fields.js';
import { MailedLinkPageController } from './controllers/mailed-link-page.controller.js';
import { OwnDataPageController } from './controllers/own-data-page.controller.js';
import { PasswordPageController } from './controllers/password-page.controller.js';
import { ProfilePageController } from './controllers/profile-page.controller.js';
import { RegistrationFields } from './controllers/registration-fields.js';
import { RegistrationPageController } from './controllers/registration-page.controller.js';
import { SessionsPageController } from './controllers/sessions-page.controller.js';
import { SignInPageController } from './controllers/sign-in-page.controller.js';
import { SignOutPageController } from './controllers/sign-out-page.controller.js';
import { PageAccount } from './page-account.js';
import { LINK_PATHS, PagePaths } from './page-paths.js';
import { ChallengePage } from './rendering/challenge-page.js';
import { OwnFieldInputs } from './rendering/own-field-inputs.js';
import { PageView } from './rendering/page-view.js';
import { ProblemPage } from './rendering/problem-page.js';

/** Addresses without the application's global prefix: mailed links and browsers know no other. */
const OURS = [
  { path: '/', pathRegex: /^\/?$/ },
  { path: '/account/*path', pathRegex: /^\/account(\/.*)?$/ },
  { path: '/oauth/device', pathRegex: /^\/oauth\/device\/?$/ },
  { path: '/.well-known/change-password', pathRegex: /^\/\.well-known\/change-password\/?$/ },
  ...LINK_PATHS.map((path) => ({ path, pathRegex: new RegExp(`^${path}/?$`) })),
].map(({ path, pathRegex }) => ({ path, pathRegex, requestMethod: RequestMethod.ALL }));

/** The pages for people: a front end of the API, by its routes alone. */
@Module({
  controllers: [
    FrontDoorController,
    SignInPageController,
    SignOutPageController,
    RegistrationPageController,
    ForgotPasswordPageController,
    MailedLinkPageController,
    ProfilePageController,
    PasswordPageController,
    SessionsPageController,
    ActivityPageController,
    OwnDataPageController,
    AdminUsersPageController,
    AdminUserPageController,
    AdminKeysPageController,
    AdminAuditPageController,
    AdminInvitationsPageController,
  ],
  providers: [
    PageApi,
    PageAccount,
    PagePaths,
    PageView,
    ChallengePage,
    ProblemPage,
    OwnFieldInputs,
    LinkFields,
    RegistrationFields,
    AdminPage,
    AdminRoles,
    AdminUserView,
  ],
  exports: [PageApi, PageAccount, PagePaths, PageView],
})
export class PagesModule implements NestModule {
  /** @internal */
  constructor(private readonly application: ApplicationConfig) {}

  /** Called by Nest once the application's prefix is set, and before its routes are made. */
  configure(): void {
    const { exclude = [], ...others } = this.application.getGlobalPrefixOptions();
    this.application.setGlobalPrefixOptions({ ...others, exclude: [...exclude, ...OURS] });
  }
}
