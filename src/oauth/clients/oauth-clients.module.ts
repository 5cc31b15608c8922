import { type DynamicModule, Module } from '@nestjs/common';
import { type ModuleOverrides, withImports, withOverrides } from '../../common/module-overrides.js';
import { BuiltInClients } from './built-in-clients.js';
import { ClientCache } from './client-cache.js';
import { ClientGrants } from './client-grants.js';
import { ClientRecords } from './client-records.js';
import { FixedClients } from './fixed-clients.js';
import { GrantEndings } from './grant-endings.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthClientsRepository } from './oauth-clients.repository.js';
import { PostgresOAuthClientsRepository } from './postgres-oauth-clients.repository.js';

/** OAuth clients, without routes. Replaceable: `OAuthClientsRepository`. */
@Module({})
export class OAuthClientsModule {
  /**
   * OAuth clients.
   * @param options may replace `OAuthClientsRepository`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: OAuthClientsModule,
      imports: withImports([], options),
      global: true,
      providers: withOverrides(
        [
          OAuthClients,
          BuiltInClients,
          ClientCache,
          ClientGrants,
          ClientRecords,
          FixedClients,
          GrantEndings,
          { provide: OAuthClientsRepository, useClass: PostgresOAuthClientsRepository },
        ],
        options,
      ),
      exports: [OAuthClients, BuiltInClients, ClientGrants, OAuthClientsRepository],
    };
  }
}
