import { Module } from '@nestjs/common';
import { InitialAdminAccount } from './initial-admin-account.js';
import { InitialAdminService } from './initial-admin.service.js';

/** The first administrator; no routes. */
@Module({ providers: [InitialAdminAccount, InitialAdminService], exports: [InitialAdminService] })
export class InitialAdminModule {}
