import { credentials } from '@grpc/grpc-js';
import { Controller, Get, Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { relayIdentity } from 'latchkey/grpc';
import { IdentityRelay, ResourceServerModule } from 'latchkey/resource-server';

const tls = credentials.createSsl();
const { ISSUER = '', AUDIENCE = '', BILLING = '', STOCK = '' } = process.env;

@Controller('orders')
class OrdersController {
  constructor(private readonly relay: IdentityRelay) {}

  @Get('invoices')
  async invoices() {
    const answer = await this.relay.fetch(`${BILLING}/invoices`);
    return { billing: await answer.text() };
  }
}

@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuer: ISSUER,
      audience: AUDIENCE,
      // https://billing.internal:8443, and stock.internal:50051 of gRPC
      relay: { service: 'orders', to: [BILLING, `grpcs://${STOCK}`] },
    }),
    ClientsModule.register([
      {
        name: 'STOCK',
        transport: Transport.GRPC,
        options: {
          url: STOCK,
          credentials: tls,
          package: 'orders',
          protoPath: 'test/e2e/transports/orders.proto',
          channelOptions: { interceptors: [relayIdentity({ credentials: tls })] },
        },
      },
    ]),
  ],
  controllers: [OrdersController],
})
export class OrdersModule {}
