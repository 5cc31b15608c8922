import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { GraphQLError } from 'graphql';
import type { AuthenticatedRequest } from '../access/authenticated-request.js';
import { bearerTokenIn } from '../access/bearer-token.js';
import { bindCaller } from '../access/transports/caller.js';
import type { Transport } from '../access/transports/transport.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { Principal } from '../common/principal.js';
import { FieldGuardsCheck } from './field-guards-check.js';
import { connectionOf, operationContext, requestOf } from './graphql-context.js';
import { graphqlRefusal } from './graphql-refusal.js';
import { OpenSubscriptionsInterceptor } from './open-subscriptions.interceptor.js';

const PROVIDERS = [{ provide: APP_INTERCEPTOR, useClass: OpenSubscriptionsInterceptor }, FieldGuardsCheck];

/**
 * A transport for the option `transports`: guards and decorators hold for resolvers of GraphQL, each query, mutation and
 * subscription as one route; for fields with `@ResolveField()` where `fieldResolverEnhancers` of `GraphQLModule` has `guards`.
 * The token comes with the HTTP request, of subscriptions as `authorization` in the payload of `connection_init` (`graphql-ws`).
 * Refusals have `extensions.code` `UNAUTHENTICATED`, `FORBIDDEN` or `UNAVAILABLE`, beside it `latchkeyCode` and `status`.
 */
export function graphql(): Transport {
  return {
    type: 'graphql',
    providers: PROVIDERS,
    requestOf,
    tokenOf,
    bind,
    refusal: graphqlRefusal,
    answer,
  };
}

/** Of an operation that a connection carries. */
function tokenOf(context: ExecutionContext): string | undefined {
  const params = connectionOf(context)?.connectionParams;
  if (typeof params !== 'object' || params === null) return undefined;
  const authorization: unknown = Object.entries(params).find(
    ([name]) => name.toLowerCase() === 'authorization',
  )?.[1];
  return typeof authorization === 'string' ? bearerTokenIn(authorization) : undefined;
}

function bind(context: ExecutionContext, caller: Principal): void {
  bindCaller(operationContext(context), caller);
  const request: AuthenticatedRequest | undefined = requestOf(context);
  if (request) request.user = caller;
}

/** Thrown again: what a filter gives back would be the field's value. */
function answer(thrown: unknown, understood: () => LatchkeyError, _host: ArgumentsHost): never {
  throw thrown instanceof GraphQLError ? thrown : graphqlRefusal(understood());
}
