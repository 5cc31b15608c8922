import { Global, Module } from '@nestjs/common';
import { StoragePurge } from '../../database/purge/storage-purge.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import { EXPIRED_INITIAL_ACCESS_TOKENS } from './initial-access-tokens.table.js';

/** Tokens by which OAuth clients register themselves, without routes: for the authorization server, and for commands. */
@Global()
@Module({
  providers: [InitialAccessTokens],
  exports: [InitialAccessTokens],
})
export class ClientRegistrationModule {
  /** @internal */
  constructor(purge: StoragePurge) {
    purge.declare(EXPIRED_INITIAL_ACCESS_TOKENS);
  }
}
