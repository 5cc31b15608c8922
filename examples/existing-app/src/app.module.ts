import { Module } from '@nestjs/common';
import { LatchkeyModule, loadConfig } from 'latchkey';
import { Pool } from 'pg';
import { DatabaseModule } from './database.module.js';
import { OrdersController } from './orders.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    DatabaseModule,
    LatchkeyModule.forRootAsync({
      imports: [DatabaseModule],
      inject: [Pool],
      useFactory: (pool: Pool) => ({ config: loadConfig(), database: { pool } }),
    }),
  ],
  controllers: [OrdersController],
  providers: [UsersService],
})
export class AppModule {}
