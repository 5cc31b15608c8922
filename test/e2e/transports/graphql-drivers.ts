import type { Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { Platform } from '../access/extended-app.js';
import { OrdersResolver } from './orders-resolver.js';

const COMMON = { autoSchemaFile: true, graphiql: false, fieldResolverEnhancers: ['guards' as const] };

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      ...COMMON,
      driver: ApolloDriver,
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  providers: [OrdersResolver],
})
class ApolloModule {}

@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({ ...COMMON, driver: MercuriusDriver, subscription: true }),
  ],
  providers: [OrdersResolver],
})
class MercuriusModule {}

@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      ...COMMON,
      driver: MercuriusDriver,
      subscription: { context: (socket) => ({ socket }) },
    }),
  ],
  providers: [OrdersResolver],
})
class MercuriusWithSocketModule {}

/** One of the drivers of GraphQL, with the platform that it runs on. */
export interface Driver {
  readonly name: string;
  readonly platform: Platform;
  readonly module: Type;
  /** By what a client sees that its connection is ended. */
  readonly ending: { readonly code: number; readonly reason: string };
}

const ENDED = { code: 4403, reason: 'TOKEN_REVOKED' };

export const DRIVERS: readonly Driver[] = [
  { name: 'Apollo on Fastify', platform: 'Fastify', module: ApolloModule, ending: ENDED },
  { name: 'Apollo on Express', platform: 'Express', module: ApolloModule, ending: ENDED },
  {
    name: 'Mercurius on Fastify',
    platform: 'Fastify',
    module: MercuriusModule,
    ending: { code: 1006, reason: '' },
  },
  {
    name: 'Mercurius on Fastify, which tells the socket',
    platform: 'Fastify',
    module: MercuriusWithSocketModule,
    ending: ENDED,
  },
];
