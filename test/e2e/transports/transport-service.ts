import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport as Transports } from '@nestjs/microservices';
import type { ExpressAdapter } from '@nestjs/platform-express';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { TokensConfig } from '../../../src/config/config.js';
import { ResourceServerModule, type Transport } from '../../../src/resource-server/index.js';
import type { TestApp } from '../../support/test-app.js';

export interface TransportServiceOptions {
  readonly adapter: FastifyAdapter | ExpressAdapter;
  readonly transports: Transport[];
  readonly imports: Type[];
  /** Of its feed of revocations. */
  readonly feedToken: string;
  /** Where its gRPC listens; undefined: it has none. */
  readonly grpcAddress?: string;
}

/** Another service than the server: takes its tokens by these transports, and hears of its revocations. */
export async function startTransportService(
  server: TestApp,
  { adapter, transports, imports, feedToken, grpcAddress }: TransportServiceOptions,
): Promise<INestApplication> {
  const { issuer, audience } = server.app.get(TokensConfig);
  const revocations = { token: feedToken, url: `${server.url}/api/auth/revocations` };
  const jwksUri = `${server.url}/.well-known/jwks.json`;

  @Module({
    imports: [
      ResourceServerModule.forRoot({ issuer, audience, jwksUri, revocations, transports }),
      ...imports,
    ],
  })
  class ServiceModule {}

  const app = await NestFactory.create(ServiceModule, adapter, { logger: false, abortOnError: false });
  if (grpcAddress !== undefined) {
    const options = { package: 'orders', protoPath: 'test/e2e/transports/orders.proto', url: grpcAddress };
    app.connectMicroservice<MicroserviceOptions>(
      { transport: Transports.GRPC, options },
      { inheritAppConfig: true },
    );
    await app.startAllMicroservices();
  }
  await app.listen(0, '127.0.0.1');
  return app;
}
