import {
  Controller,
  Get,
  type INestApplication,
  type INestMicroservice,
  Module,
  Scope,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GrpcMethod, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CurrentUser, type Principal } from '../../../src/resource-server/index.js';
import type { Text } from './orders-service.js';

/** How handlers of gRPC are reached in an application. */
export interface Arrangement {
  /** Whether there is HTTP beside it. */
  readonly hybrid: boolean;
  readonly inheritAppConfig?: boolean;
  readonly deferInitialization?: boolean;
}

export const ARRANGEMENTS: [string, Arrangement][] = [
  ['in a microservice', { hybrid: false }],
  ['beside HTTP', { hybrid: true }],
  ['beside HTTP, with inheritAppConfig', { hybrid: true, inheritAppConfig: true }],
  ['beside HTTP, with deferInitialization', { hybrid: true, deferInitialization: true }],
];

/** Made anew for each call, and reached by HTTP, too. */
@Controller({ scope: Scope.REQUEST })
class PerCallController {
  @GrpcMethod('Orders', 'Mine')
  mine(@Payload() { text }: Text, @CurrentUser() caller: Principal): Text {
    return { text: `${text} of ${caller.subject}` };
  }

  @Get('mine')
  byHttp(@CurrentUser('subject') subject: string): string {
    return subject;
  }
}

@Module({ controllers: [PerCallController] })
export class PerCallModule {}

/** @param address `unix:/path` of gRPC */
export async function startArranged(
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
  { hybrid, ...connected }: Arrangement,
  address: string,
): Promise<INestApplication | INestMicroservice> {
  const module = moduleOf(imports);
  const options = { package: 'orders', protoPath: 'test/e2e/transports/orders.proto', url: address };
  const microservice: MicroserviceOptions = { transport: Transport.GRPC, options };
  const quiet = { logger: false as const, abortOnError: false };
  if (!hybrid) {
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
      ...microservice,
      ...quiet,
    });
    await app.listen();
    return app;
  }
  const app = await NestFactory.create(module, new FastifyAdapter(), quiet);
  app.connectMicroservice<MicroserviceOptions>(microservice, connected);
  await app.listen(0, '127.0.0.1');
  await app.startAllMicroservices();
  return app;
}

function moduleOf(imports: NonNullable<Parameters<typeof Module>[0]['imports']>): Type {
  @Module({ imports })
  class ServiceModule {}
  return ServiceModule;
}
