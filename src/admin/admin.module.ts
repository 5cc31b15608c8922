import { Module } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import { AdminController } from './admin.controller.js';
import { InitialAdminService } from './initial-admin.service.js';

@Module({
  controllers: [AdminController],
  providers: [InitialAdminService, AccountsService],
  exports: [InitialAdminService, AccountsService],
})
export class AdminModule {}
