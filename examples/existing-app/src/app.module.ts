import { Module } from '@nestjs/common';
import { LatchkeyModule, loadConfig } from 'latchkey';
import { DatabaseModule } from './database.module.js';
import { OrdersController } from './orders.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [DatabaseModule, LatchkeyModule.forRoot({ config: loadConfig() })],
  controllers: [OrdersController],
  providers: [UsersService],
})
export class AppModule {}
