import { Module } from '@nestjs/common';
import { OAuthModule } from '../../oauth/oauth.module.js';
import { PagesModule } from '../pages.module.js';
import { PageView } from '../rendering/page-view.js';
import { ApplicationsPageController } from './applications-page.controller.js';
import { AuthorizationErrorPage } from './authorization-error-page.js';
import { AuthorizePage } from './authorize-page.js';
import { AuthorizePageController } from './authorize-page.controller.js';
import { DevicePage } from './device-page.js';
import { DevicePageController } from './device-page.controller.js';
import { LogoutPage } from './logout-page.js';
import { LogoutPageController } from './logout-page.controller.js';

/** Where people sign in for other applications, allow them something, and take it back. */
@Module({
  imports: [PagesModule, OAuthModule],
  controllers: [
    AuthorizePageController,
    ApplicationsPageController,
    DevicePageController,
    LogoutPageController,
  ],
  providers: [AuthorizationErrorPage, AuthorizePage, DevicePage, LogoutPage],
})
export class AuthorizationPagesModule {
  /** @internal */
  constructor(view: PageView) {
    view.entries.declare(['/account/applications', 'nav.applications']);
  }
}
