import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, NotFoundException } from '@nestjs/common';
import {
  Field,
  GraphQLModule,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { CurrentUser, Public, Roles, Scopes } from '../../../src/index.js';

@ObjectType()
class Order {
  @Field(() => String)
  readonly id = '1';
}

/** A query of each kind, behind the decorators that HTTP has. */
@Resolver(() => Order)
export class OrdersResolver {
  @Query(() => String)
  me(@CurrentUser('subject') subject: string): string {
    return subject;
  }

  @Query(() => String)
  @Public()
  terms(): string {
    return 'Thirty days.';
  }

  @Query(() => Order)
  order(): Order {
    return new Order();
  }

  /** A field of an order that not everyone who sees the order may see. */
  @ResolveField(() => String, { nullable: true })
  @Roles('admin')
  margin(): string {
    return '40 %';
  }

  @ResolveField(() => String)
  number(): string {
    return 'A-1';
  }

  @Mutation(() => String)
  @Scopes('orders:refund')
  refund(): string {
    return 'refunded';
  }

  @Query(() => String)
  missing(): string {
    throw new NotFoundException();
  }

  @Query(() => String)
  fails(): string {
    throw new Error('secret of the database');
  }

  /** One event at once, and no end. */
  @Subscription(() => String, { resolve: (event: string) => event })
  events(): AsyncIterable<string> {
    return forever();
  }
}

async function* forever(): AsyncGenerator<string> {
  yield 'begun';
  await new Promise(() => undefined);
}

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      graphiql: false,
      fieldResolverEnhancers: ['guards'],
      allowBatchedHttpRequests: true,
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  providers: [OrdersResolver],
})
export class OrdersGraphModule {}
