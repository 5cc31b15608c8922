import type { ArgumentsHost } from '@nestjs/common';
import type { HttpRequest } from '../common/client-info.js';
import { isHttpRequest, type OperationConnection, operationConnectionIn } from './operation-connection.js';

/** @returns the context of the operation, the third argument of a resolver */
export function operationContext(host: ArgumentsHost): object {
  const context: unknown = host.getArgs<unknown[]>()[2];
  return typeof context === 'object' && context !== null ? context : host;
}

/** @returns the HTTP request of the operation, as the drivers of Apollo and Mercurius hand it on; undefined: a connection carries it */
export function requestOf(host: ArgumentsHost): HttpRequest | undefined {
  const { req, request, reply } = operationContext(host) as {
    readonly req?: unknown;
    readonly request?: unknown;
    readonly reply?: { readonly request?: unknown };
  };
  return connectionOf(host) ? undefined : [req, request, reply?.request].find(isHttpRequest);
}

/** @returns the connection of a subscription; undefined: the operation came by HTTP */
export function connectionOf(host: ArgumentsHost): OperationConnection | undefined {
  return operationConnectionIn(operationContext(host));
}
