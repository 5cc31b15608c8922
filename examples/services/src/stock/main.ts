import 'reflect-metadata';
import { startGrpc } from '../common/start-grpc.js';
import { StockModule } from './stock.module.js';

await startGrpc(StockModule, 'stock');
