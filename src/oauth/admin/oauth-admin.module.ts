import { Module } from '@nestjs/common';
import { PresentRights } from '../../admin/rights/present-rights.js';
import { ClientAdministration } from './client-administration.js';
import { ClientsController } from './clients.controller.js';
import { InitialAccessTokensController } from './initial-access-tokens.controller.js';

/** Routes for administrators of OAuth clients. */
@Module({
  controllers: [ClientsController, InitialAccessTokensController],
  providers: [ClientAdministration, PresentRights],
})
export class OAuthAdminModule {}
