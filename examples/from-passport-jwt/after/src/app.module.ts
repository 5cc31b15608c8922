import { Module } from '@nestjs/common';
import { LatchkeyModule, loadConfig, UserFields } from 'latchkey';
import { CustomerFields } from './customer-fields.js';
import { OldUsersService } from './old-users.service.js';
import { OrdersController } from './orders.controller.js';

@Module({
  imports: [LatchkeyModule.forRoot({ config: loadConfig(), fields: UserFields.of(CustomerFields) })],
  controllers: [OrdersController],
  providers: [OldUsersService],
})
export class AppModule {}
