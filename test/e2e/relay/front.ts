import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, Get, type ModuleMetadata, Query as QueryOf } from '@nestjs/common';
import {
  Field,
  GraphQLModule,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { IdentityRelay, Public, RelayRefusedError } from '../../../src/resource-server/index.js';
import { Next, type Seen } from './hops.js';

/** What a call by HTTP gave, or why nothing was sent. */
export interface Fetched {
  readonly status?: number;
  readonly body?: string;
  readonly refused?: string;
  readonly failed?: boolean;
}

@Controller()
export class FrontController {
  constructor(
    private readonly next: Next,
    private readonly relay: IdentityRelay,
  ) {}

  @Get('who')
  async who(): Promise<Seen | Fetched> {
    return this.next.who().catch(refusalOf);
  }

  @Get('open')
  @Public()
  open(): Promise<Seen> {
    return this.next.open();
  }

  @Get('fetch')
  async fetch(
    @QueryOf('url') url: string,
    @QueryOf('redirect') redirect?: RequestInit['redirect'],
  ): Promise<Fetched> {
    try {
      const response = await this.relay.fetch(url, {
        headers: { 'x-own': 'own' },
        ...(redirect && { redirect }),
      });
      return { status: response.status, body: await response.text() };
    } catch (error) {
      return refusalOf(error);
    }
  }
}

function refusalOf(error: unknown): Fetched {
  return error instanceof RelayRefusedError ? { refused: error.code } : { failed: true };
}

@ObjectType()
class Order {
  @Field(() => String)
  readonly id = '1';
}

@Resolver(() => Order)
class FrontResolver {
  constructor(private readonly next: Next) {}

  @Query(() => Order)
  order(): Order {
    return new Order();
  }

  @Query(() => String)
  async who(): Promise<string> {
    return JSON.stringify(await this.next.who());
  }

  @ResolveField(() => String)
  async seen(): Promise<string> {
    return JSON.stringify(await this.next.who());
  }

  @Subscription(() => String, { resolve: (event: string) => event })
  events(): AsyncIterable<string> {
    return this.eachTick();
  }

  private async *eachTick(): AsyncGenerator<string> {
    yield JSON.stringify(await this.next.who());
    yield JSON.stringify(await this.next.who());
  }
}

@WebSocketGateway({ path: '/socket' })
class FrontGateway {
  constructor(private readonly next: Next) {}

  @SubscribeMessage('who')
  async who(): Promise<WsResponse> {
    return { event: 'seen', data: await this.next.who() };
  }
}

/** A service that is called by everything but gRPC, too. */
export const FRONT: ModuleMetadata = {
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      graphiql: false,
      fieldResolverEnhancers: ['guards', 'interceptors'],
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  controllers: [FrontController],
  providers: [FrontResolver, FrontGateway],
};
