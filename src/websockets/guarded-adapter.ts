import type { WebSocketAdapter } from '@nestjs/common';
import type { HttpRequest } from '../common/client-info.js';
import { IoSocketGate } from './io-socket-gate.js';
import { type GateOptions, PlainSocketGate } from './plain-socket-gate.js';
import { offeredProtocols, type SocketAdmission } from './socket-admission.js';
import { isIoServer, isPlainSocket, type IoSocket, type PlainSocket } from './socket-clients.js';

type Handler = (...args: unknown[]) => void;

/** Stands before an adapter of Nest's: gateways know only of connections that were let in. */
export class GuardedAdapter implements WebSocketAdapter {
  private made: WebSocketAdapter | undefined;
  private readonly gates = new WeakMap<object, PlainSocketGate>();
  private readonly io: IoSocketGate;

  /** @param make the adapter, once there is an HTTP server */
  constructor(
    private readonly make: () => WebSocketAdapter,
    private readonly admission: SocketAdmission,
    private readonly options: GateOptions,
  ) {
    this.io = new IoSocketGate(admission, options.anonymous);
  }

  /** Of Nest: whether connections are closed hard when the application ends. */
  set forceCloseConnections(value: boolean) {
    Object.assign(this.adapter, { forceCloseConnections: value });
  }

  create(port: number, options?: object): unknown {
    const server: unknown = this.adapter.create(port, { handleProtocols: answeredProtocol, ...options });
    if (isIoServer(server)) this.io.guard(server);
    return server;
  }

  bindClientConnect(server: unknown, callback: Handler): void {
    this.adapter.bindClientConnect(server, (client: unknown, ...args: unknown[]) => {
      if (isPlainSocket(client)) {
        this.gateOf(client, args[0] as HttpRequest).whenOpen(() => callback(client, ...args));
        return;
      }
      this.io.attend(client as IoSocket);
      callback(client, ...args);
    });
  }

  bindClientDisconnect(client: unknown, callback: Handler): void {
    this.adapter.bindClientDisconnect?.(client, callback);
  }

  bindMessageHandlers(...args: Parameters<WebSocketAdapter['bindMessageHandlers']>): void {
    this.adapter.bindMessageHandlers(...args);
  }

  close(server: unknown): unknown {
    return this.adapter.close(server);
  }

  async dispose(): Promise<void> {
    await (this.made as { dispose?: () => Promise<void> } | undefined)?.dispose?.();
  }

  private get adapter(): WebSocketAdapter {
    this.made ??= this.make();
    return this.made;
  }

  /** One connection may be several gateways'. */
  private gateOf(client: PlainSocket, request: HttpRequest): PlainSocketGate {
    let gate = this.gates.get(client);
    if (!gate) {
      gate = new PlainSocketGate(client, this.admission, this.options);
      this.gates.set(client, gate);
      gate.begin(request);
    }
    return gate;
  }
}

/** The first that is offered beside a token, which is never sent back. */
function answeredProtocol(_offered: ReadonlySet<string>, request: HttpRequest): string | false {
  return offeredProtocols(request).answer ?? false;
}
