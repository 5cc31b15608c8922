import type { DynamicModule } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { relayIdentity } from 'latchkey/grpc';
import { protoPath } from './proto-path.js';

/** A client whose calls are made on behalf of the caller of the request under way. @param name of the package in `proto` */
export function grpcClient(name: string, url: string): DynamicModule {
  return ClientsModule.register([
    {
      name,
      transport: Transport.GRPC,
      options: {
        package: name,
        protoPath: protoPath(name),
        url,
        channelOptions: { interceptors: [relayIdentity()] },
      },
    },
  ]);
}
