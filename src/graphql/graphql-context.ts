import type { ArgumentsHost } from '@nestjs/common';
import type { HttpRequest } from '../common/client-info.js';

/** The connection that a subscription came by (`graphql-ws`). */
export interface SubscriptionConnection {
  /** What the client sent with `connection_init`. */
  readonly connectionParams?: unknown;
  readonly extra: {
    readonly socket: {
      close(code: number, reason: string): void;
      once?(event: 'close', listener: () => void): unknown;
    };
  };
}

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
export function connectionOf(host: ArgumentsHost): SubscriptionConnection | undefined {
  const context = operationContext(host);
  return [(context as { readonly req?: unknown }).req, context].find(isConnection);
}

function isHttpRequest(value: unknown): value is HttpRequest {
  const { method, headers } = (value ?? {}) as Partial<Record<keyof HttpRequest, unknown>>;
  return typeof method === 'string' && typeof headers === 'object' && headers !== null;
}

function isConnection(value: unknown): value is SubscriptionConnection {
  const { extra } = (value ?? {}) as { readonly extra?: { readonly socket?: { readonly close?: unknown } } };
  return typeof extra?.socket?.close === 'function';
}
