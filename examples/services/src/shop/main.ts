import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ready } from '../common/ready.js';
import { setting } from '../common/setting.js';
import { ShopModule } from './shop.module.js';

const app = await NestFactory.create(ShopModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks();
await app.listen(setting('PORT'), '127.0.0.1');
ready();
