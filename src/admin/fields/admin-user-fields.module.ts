import { Module } from '@nestjs/common';
import { AdminUserFieldsController } from './admin-user-fields.controller.js';

/** Routes for administrators where a team has fields of its own. */
@Module({ controllers: [AdminUserFieldsController] })
export class AdminUserFieldsModule {}
