import { createServer } from 'node:http';
import type { FactoryProvider, WebSocketAdapter } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { BaseWsExceptionFilter, WsException } from '@nestjs/websockets';
import type { ArgumentsHost } from '@nestjs/common';
import { originOf } from '../access/origin.js';
import { BoundTokens } from '../access/proofs/bound-tokens.js';
import { RequestTokens } from '../access/request-tokens.js';
import { bindCaller } from '../access/transports/caller.js';
import { OpenCalls } from '../access/transports/open-calls.js';
import type { Transport } from '../access/transports/transport.js';
import type { LatchkeyError } from '../common/errors/latchkey-error.js';
import type { Principal } from '../common/principal.js';
import { AccessTokenVerifier } from '../tokens/access/access-token-verifier.js';
import { AdapterCheck } from './adapter-check.js';
import { GuardedAdapter } from './guarded-adapter.js';
import { SocketAdmission } from './socket-admission.js';
import { SocketConnection } from './socket-connection.js';
import { socketException, socketRefusal } from './socket-refusal.js';

/** The options of the transport. */
export interface WebSocketsOptions {
  /**
   * Makes the adapter of Nest's that connections come by. `app.useWebSocketAdapter` is not called then: it would take this
   * transport's place, and the start fails. Default: `IoAdapter` of `@nestjs/platform-socket.io`.
   * @example (server) => new WsAdapter(server)
   */
  readonly adapter?: ((httpServer: object) => WebSocketAdapter) | undefined;
  /**
   * Origins of the pages that may connect, e.g. `https://app.example.com`; a browser on any other page is refused, and only then do
   * cookies count. Default: pages of any origin, and no cookie.
   */
  readonly origins?: readonly string[] | undefined;
  /** Whether connections without a token may stay, for handlers with `@Public()`. Default: `false`. */
  readonly anonymous?: boolean | undefined;
  /** Whether OAuth clients may connect by themselves, without a user, for handlers with `@Clients()`. Default: `false`. */
  readonly clients?: boolean | undefined;
  /** Within which the first message has to hand in a token, where the handshake of `ws` has none; milliseconds. Default: 5,000. */
  readonly authenticationTimeout?: number | undefined;
}

/**
 * A transport for the option `transports`: guards and decorators hold for messages to gateways, and a connection is open only with
 * an access token (`Authorization`, subprotocol, `auth.token` of socket.io, or the event `authenticate`), until that has expired, was
 * revoked, or was renewed by another `authenticate`. Never in the address, which logs hold.
 * @throws TypeError if an origin is none
 */
export function webSockets(options: WebSocketsOptions = {}): Transport {
  const origins = options.origins && new Set(options.origins.map((each) => originOf(each, 'webSockets')));
  return {
    type: 'ws',
    providers: [adapterOf(options, origins), AdapterCheck],
    requestOf: () => undefined,
    tokenOf: (context) => SocketConnection.of(context.switchToWs().getClient<object>()).token,
    dpopCallOf: (context) => SocketConnection.of(context.switchToWs().getClient<object>()).dpop,
    bind: (context, caller) => bindCaller(context.switchToWs().getClient<object>(), caller),
    refusal: socketException,
    answer,
  };
}

/** Who a client's connection is from, e.g. in `handleConnection`, to have it join a room. @returns undefined: a caller without token */
export function socketCaller(client: object): Principal | undefined {
  return SocketConnection.of(client).caller;
}

function adapterOf(
  { adapter, anonymous = false, clients = false, authenticationTimeout = 5_000 }: WebSocketsOptions,
  origins: ReadonlySet<string> | undefined,
): FactoryProvider<GuardedAdapter> {
  return {
    provide: GuardedAdapter,
    inject: [ApplicationConfig, HttpAdapterHost, AccessTokenVerifier, BoundTokens, RequestTokens, OpenCalls],
    useFactory: async (
      application: ApplicationConfig,
      host: HttpAdapterHost,
      verifier: AccessTokenVerifier,
      bound: BoundTokens,
      tokens: RequestTokens,
      calls: OpenCalls,
    ) => {
      const make = adapter ?? (await defaultAdapter());
      const guarded = new GuardedAdapter(
        () => make(httpServerOf(host)),
        new SocketAdmission({ verifier, bound, tokens, calls }, origins, clients),
        { anonymous, authenticationTimeout },
      );
      application.setIoAdapter(guarded);
      return guarded;
    },
  };
}

/** @returns in a microservice, which has none, one that never listens: gateways have ports of their own there */
function httpServerOf({ httpAdapter }: Partial<HttpAdapterHost>): object {
  return (httpAdapter?.getHttpServer() as object | undefined) ?? createServer();
}

async function defaultAdapter(): Promise<(httpServer: object) => WebSocketAdapter> {
  const { IoAdapter } = await import('@nestjs/platform-socket.io');
  return (httpServer) => new IoAdapter(httpServer);
}

/** For gateways with `@UseFilters()`: Nest has no global filters there. */
function answer(thrown: unknown, understood: () => LatchkeyError, host: ArgumentsHost): void {
  const error = thrown instanceof WsException ? thrown : new WsException(socketRefusal(understood()));
  new BaseWsExceptionFilter().catch(error, host);
}
