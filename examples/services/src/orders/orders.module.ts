import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { grpc } from 'latchkey/grpc';
import { grpcClient } from '../common/grpc-client.js';
import { identity } from '../common/identity.js';
import { RefusalsInterceptor } from '../common/refusals.interceptor.js';
import { setting } from '../common/setting.js';
import { OrdersController } from './orders.controller.js';

@Module({
  imports: [
    identity({ service: 'orders', transports: [grpc()], next: setting('STOCK') }),
    grpcClient('stock', setting('STOCK')),
  ],
  controllers: [OrdersController],
  providers: [{ provide: APP_INTERCEPTOR, useClass: RefusalsInterceptor }],
})
export class OrdersModule {}
