import { Global, Module } from '@nestjs/common';
import { StoragePurge } from '../../database/purge/storage-purge.js';
import { ClientRegistration } from './client-registration.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import { EXPIRED_INITIAL_ACCESS_TOKENS } from './initial-access-tokens.table.js';

/** Registration of OAuth clients by themselves, without routes. */
@Global()
@Module({
  providers: [InitialAccessTokens, ClientRegistration],
  exports: [InitialAccessTokens, ClientRegistration],
})
export class ClientRegistrationModule {
  /** @internal */
  constructor(purge: StoragePurge) {
    purge.declare(EXPIRED_INITIAL_ACCESS_TOKENS);
  }
}
