import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { protoPath } from './proto-path.js';
import { ready } from './ready.js';
import { setting } from './setting.js';

/** @param name of the package in `proto` */
export async function startGrpc(module: Type, name: string): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    transport: Transport.GRPC,
    options: { package: name, protoPath: protoPath(name), url: `127.0.0.1:${setting('PORT')}` },
    logger: ['error', 'warn'],
  });
  app.enableShutdownHooks();
  await app.listen();
  ready();
}
