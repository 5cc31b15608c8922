import { Module } from '@nestjs/common';
import { AdminController } from './admin.controller.js';
import { InitialAdminService } from './initial-admin.service.js';

@Module({ controllers: [AdminController], providers: [InitialAdminService], exports: [InitialAdminService] })
export class AdminModule {}
