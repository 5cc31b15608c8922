import { Module } from '@nestjs/common';
import { LatchkeyModule, loadConfig } from 'latchkey';
import { Pool } from 'pg';
import { DatabaseModule } from './database.module.js';
import { Migrations } from './migrations.js';
import { OldUsersService } from './old-users.service.js';
import { OrdersController } from './orders.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    DatabaseModule,
    LatchkeyModule.forRootAsync({
      imports: [DatabaseModule],
      inject: [Pool],
      useFactory: (pool: Pool) => ({
        // The schema is not the environment's to choose: migration 0001 names it.
        config: loadConfig({ ...process.env, DATABASE_SCHEMA: 'latchkey' }),
        database: { pool },
      }),
    }),
  ],
  controllers: [OrdersController],
  providers: [Migrations, OldUsersService, UsersService],
})
export class AppModule {}
