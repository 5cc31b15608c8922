import { type DynamicModule, Module } from '@nestjs/common';
import { apiRoutes } from '../auth/api-routes.js';
import { ConsentsModule } from '../oauth/consents/consents.module.js';
import { DevicesModule } from '../oauth/devices/devices.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { AuthorizationPagesModule } from '../pages/authorization/authorization-pages.module.js';

/** The authorization server with its routes, and its pages where there are any. */
@Module({})
export class AuthorizationServerModule {
  /** @param pages whether there are pages for people @param prefix of the API's routes */
  static forRoot(pages: boolean, prefix: string): DynamicModule {
    return {
      module: AuthorizationServerModule,
      imports: [
        OAuthModule,
        ConsentsModule,
        DevicesModule,
        ...(pages ? [AuthorizationPagesModule] : []),
        apiRoutes([ConsentsModule, DevicesModule], prefix),
      ],
    };
  }
}
