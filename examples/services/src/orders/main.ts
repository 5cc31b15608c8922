import 'reflect-metadata';
import { startGrpc } from '../common/start-grpc.js';
import { OrdersModule } from './orders.module.js';

await startGrpc(OrdersModule, 'orders');
