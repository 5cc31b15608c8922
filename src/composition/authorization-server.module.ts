import { type DynamicModule, Module } from '@nestjs/common';
import { apiRoutes } from '../auth/api-routes.js';
import { OAuthAdminModule } from '../oauth/admin/oauth-admin.module.js';
import { ConsentsModule } from '../oauth/consents/consents.module.js';
import { DevicesModule } from '../oauth/devices/devices.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { ClientRegistrationModule } from '../oauth/registration/client-registration.module.js';
import { AuthorizationPagesModule } from '../pages/authorization/authorization-pages.module.js';

/** What it is made of. */
export interface AuthorizationServerOptions {
  /** Whether there are pages for people. */
  readonly pages: boolean;
  /** Whether there are routes for administrators. */
  readonly admin: boolean;
  /** Of the API's routes. */
  readonly prefix: string;
}

/** The authorization server with its routes, those for administrators of its clients, and its pages where there are any. */
@Module({})
export class AuthorizationServerModule {
  static forRoot({ pages, admin, prefix }: AuthorizationServerOptions): DynamicModule {
    return {
      module: AuthorizationServerModule,
      imports: [
        ClientRegistrationModule,
        OAuthModule,
        ConsentsModule,
        DevicesModule,
        ...(admin ? [OAuthAdminModule] : []),
        ...(pages ? [AuthorizationPagesModule] : []),
        apiRoutes([ConsentsModule, DevicesModule, OAuthAdminModule], prefix),
      ],
    };
  }
}
