import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { grpcClient } from '../common/grpc-client.js';
import { identity } from '../common/identity.js';
import { RefusalsInterceptor } from '../common/refusals.interceptor.js';
import { setting } from '../common/setting.js';
import { ShopController } from './shop.controller.js';

@Module({
  imports: [identity({ service: 'shop', next: setting('ORDERS') }), grpcClient('orders', setting('ORDERS'))],
  controllers: [ShopController],
  providers: [{ provide: APP_INTERCEPTOR, useClass: RefusalsInterceptor }],
})
export class ShopModule {}
