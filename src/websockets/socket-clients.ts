import type { HttpRequest } from '../common/client-info.js';

/** A client of the package `ws`, as far as it is used. */
export interface PlainSocket {
  readonly readyState: number;
  send(data: string): void;
  close(code: number, reason: string): void;
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** A client of socket.io, as far as it is used. */
export interface IoSocket {
  readonly connected: boolean;
  readonly handshake: { readonly auth: unknown; readonly headers: HttpRequest['headers'] };
  readonly request: HttpRequest;
  emit(event: string, ...data: unknown[]): unknown;
  disconnect(close: boolean): unknown;
  on(event: string, listener: (...data: unknown[]) => void): unknown;
}

/** A server, or a namespace, of socket.io. */
export interface IoServer {
  use(middleware: (socket: IoSocket, next: (error?: Error) => void) => void): unknown;
}

export function isPlainSocket(client: unknown): client is PlainSocket {
  const { readyState, send } = (client ?? {}) as Record<string, unknown>;
  return typeof readyState === 'number' && typeof send === 'function';
}

export function isIoServer(server: unknown): server is IoServer {
  const { use, emit } = (server ?? {}) as Record<string, unknown>;
  return typeof use === 'function' && typeof emit === 'function';
}
