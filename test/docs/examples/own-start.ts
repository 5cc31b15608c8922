import { NestFactory } from '@nestjs/core';
import { ShopModule } from './own-routes.js';

export const app = await NestFactory.create(ShopModule);
app.enableShutdownHooks(); // closes the database, and lets go of the lock on DATA_DIR
await app.listen(process.env['PORT'] ?? 3000);
