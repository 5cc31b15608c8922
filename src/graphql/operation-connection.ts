import type { HttpRequest } from '../common/client-info.js';

/** What subscriptions come by, and other operations where a driver lets them. */
export interface OperationConnection {
  /** The same object for all operations of a connection. */
  readonly socket: object;
  /** What the client sent with `connection_init`. */
  readonly params: unknown;
  /** The request that opened it; Mercurius adds what was sent with `connection_init` to its headers, where it has no such. */
  readonly handshake: HttpRequest | undefined;
  /** Ends it, by a frame that says so where the driver gives us the WebSocket. */
  close(code: number, reason: string): void;
  onceClosed(listener: () => void): void;
}

interface Socket {
  close?(code: number, reason: string): void;
  destroy?(): void;
  once?(event: 'close', listener: () => void): unknown;
}

/** The context of an operation, as drivers make it. */
interface OperationContext {
  /** Of Apollo: the context of `graphql-ws`. */
  readonly req?: unknown;
  /** Of `graphql-ws`. */
  readonly connectionParams?: unknown;
  readonly extra?: { readonly socket?: Socket; readonly request?: unknown };
  /** Of Mercurius; the socket is there where `subscription.context` gives it. */
  readonly request?: { readonly ws?: unknown; readonly raw?: { readonly socket?: Socket } };
  readonly _connectionInit?: unknown;
  readonly socket?: Socket;
}

/** @returns undefined: the operation came by an HTTP request of its own */
export function operationConnectionIn(context: object): OperationConnection | undefined {
  const { req } = context as OperationContext;
  return ofGraphqlWs(req) ?? ofGraphqlWs(context) ?? ofMercurius(context);
}

export function isHttpRequest(value: unknown): value is HttpRequest {
  const { method, headers } = (value ?? {}) as Partial<Record<keyof HttpRequest, unknown>>;
  return typeof method === 'string' && typeof headers === 'object' && headers !== null;
}

function ofGraphqlWs(context: unknown): OperationConnection | undefined {
  const { extra, connectionParams } = (context ?? {}) as OperationContext;
  if (typeof extra?.socket?.close !== 'function') return undefined;
  return connectionBy(extra.socket, connectionParams, extra.request);
}

function ofMercurius(context: object): OperationConnection | undefined {
  const { request, socket, _connectionInit: params } = context as OperationContext;
  if (request?.ws !== true) return undefined;
  const known = [socket, request.raw?.socket].find((one) => one && ('close' in one || 'destroy' in one));
  return connectionBy(known ?? {}, params, request);
}

function connectionBy(socket: Socket, params: unknown, handshake: unknown): OperationConnection {
  return {
    socket,
    params,
    handshake: isHttpRequest(handshake) ? handshake : undefined,
    close: (code, reason) => (socket.close ? socket.close(code, reason) : socket.destroy?.()),
    onceClosed: (listener) => void socket.once?.('close', listener),
  };
}
