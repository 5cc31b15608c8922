import type { DynamicModule } from '@nestjs/common';
import { ResourceServerModule, type Transport } from 'latchkey/resource-server';
import { setting } from './setting.js';

interface Place {
  /** The service's name in the chain of callers. */
  readonly service: string;
  /** For what else than HTTP the guards hold. */
  readonly transports?: readonly Transport[];
  /** The address, of gRPC, to which the caller's token may go. */
  readonly next?: string;
}

/** How each service knows its callers: by the auth server's keys and its feed of revocations, without asking it for a request. */
export function identity({ service, transports = [], next }: Place): DynamicModule {
  return ResourceServerModule.forRoot({
    issuer: setting('AUTH_URL'),
    audience: setting('AUDIENCE'),
    revocations: { token: setting('FEED_TOKEN') },
    transports,
    relay: { service, to: next === undefined ? [] : [`grpc://${next}`] },
  });
}
