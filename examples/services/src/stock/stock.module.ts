import { Module } from '@nestjs/common';
import { grpc } from 'latchkey/grpc';
import { identity } from '../common/identity.js';
import { StockController } from './stock.controller.js';

@Module({ imports: [identity({ service: 'stock', transports: [grpc()] })], controllers: [StockController] })
export class StockModule {}
