import { type DynamicModule, Module } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { InitialAdminAccount } from './initial-admin-account.js';
import { InitialAdminService } from './initial-admin.service.js';
import { type InitialAdminOption, InitialAdminStart } from './initial-admin-start.js';

/** The first administrator; no routes. */
@Module({ providers: [InitialAdminAccount, InitialAdminService], exports: [InitialAdminService] })
export class InitialAdminModule {
  static forRoot(option: InitialAdminOption): DynamicModule {
    const start = {
      provide: InitialAdminStart,
      inject: [InitialAdminService, AppConfig],
      useFactory: (admins: InitialAdminService, config: AppConfig) =>
        new InitialAdminStart(admins, config, option),
    };
    return { module: InitialAdminModule, providers: [start] };
  }
}
