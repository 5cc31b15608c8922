import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { GraphQLError } from 'graphql';
import type { AuthenticatedRequest } from '../access/authenticated-request.js';
import { bindCaller } from '../access/transports/caller.js';
import type { Transport } from '../access/transports/transport.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { Principal } from '../common/principal.js';
import type { HttpRequest } from '../common/client-info.js';
import { originOf } from '../access/origin.js';
import { ConnectionCredentials } from './connection-credentials.js';
import { FieldGuardsCheck } from './field-guards-check.js';
import { connectionOf, operationContext, requestOf } from './graphql-context.js';
import { graphqlRefusal } from './graphql-refusal.js';
import { OpenSubscriptionsInterceptor } from './open-subscriptions.interceptor.js';

const PROVIDERS = [{ provide: APP_INTERCEPTOR, useClass: OpenSubscriptionsInterceptor }, FieldGuardsCheck];

/** The options of the transport. */
export interface GraphqlOptions {
  /**
   * Origins of the pages that may open connections for subscriptions, e.g. `https://app.example.com`; a browser on any other page is
   * refused, and only then do cookies count there. Default: pages of any origin, and no cookie. Other operations are HTTP requests,
   * for which CORS and the CSRF token hold.
   */
  readonly origins?: readonly string[] | undefined;
}

/**
 * A transport for the option `transports`: guards and decorators hold for resolvers of GraphQL, each query, mutation and
 * subscription as one route; for fields with `@ResolveField()` where `fieldResolverEnhancers` of `GraphQLModule` has `guards`.
 * The token comes with the HTTP request, of subscriptions as `authorization` in the payload of `connection_init` (`graphql-ws`), or
 * with the request that opens the connection.
 * Refusals have `extensions.code` `UNAUTHENTICATED`, `FORBIDDEN` or `UNAVAILABLE`, beside it `latchkeyCode` and `status`.
 * @throws TypeError if an origin is none
 */
export function graphql({ origins }: GraphqlOptions = {}): Transport {
  const credentials = new ConnectionCredentials(
    origins && new Set(origins.map((each) => originOf(each, 'graphql'))),
  );
  const carrierOf = (context: ExecutionContext): HttpRequest | undefined => {
    const connection = connectionOf(context);
    return connection ? credentials.cookiesOf(connection) : requestOf(context);
  };
  return {
    type: 'graphql',
    providers: PROVIDERS,
    requestOf: carrierOf,
    tokenOf: (context) => {
      const connection = connectionOf(context);
      return connection && credentials.tokenOf(connection);
    },
    dpopCallOf: (context) => {
      const connection = connectionOf(context);
      return connection && credentials.dpopCallOf(connection);
    },
    bind,
    refusal: graphqlRefusal,
    answer,
  };
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
