import { Module } from '@nestjs/common';
import { AdminUserFieldsController } from './admin-user-fields.controller.js';
import { AdminUserSearchController } from './admin-user-search.controller.js';

/** Routes for administrators where a team has fields of its own. */
@Module({ controllers: [AdminUserSearchController, AdminUserFieldsController] })
export class AdminUserFieldsModule {}
