import { type DynamicModule, Module } from '@nestjs/common';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { AttributeFieldsStore } from './attribute-fields-store.js';
import { IdentityLinks } from './identity-links.js';
import { PostgresIdentityLinks } from './postgres-identity-links.js';
import { PostgresUsersRepository } from './postgres-users.repository.js';
import { UserFieldsStore } from './user-fields-store.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Users and their roles; no routes. Replaceable: `UsersRepository`, `UserFieldsStore`, `IdentityLinks`. */
@Module({})
export class UsersModule {
  /**
   * Users without routes.
   * @param options may replace `UsersRepository`, `UserFieldsStore`, `IdentityLinks`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: UsersModule,
      imports: withImports([], options),
      global: true,
      providers: withOverrides(
        [
          UsersService,
          { provide: UsersRepository, useClass: PostgresUsersRepository },
          { provide: UserFieldsStore, useClass: AttributeFieldsStore },
          { provide: IdentityLinks, useClass: PostgresIdentityLinks },
        ],
        options,
      ),
      exports: [UsersService, UsersRepository, UserFieldsStore, IdentityLinks],
    };
  }
}
