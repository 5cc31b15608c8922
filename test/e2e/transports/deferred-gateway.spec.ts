import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, WebSocketServer, type WsResponse } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { expect, it } from '@jest/globals';
import { grpc } from '../../../src/grpc/index.js';
import { ResourceServerModule } from '../../../src/resource-server/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { startArranged } from './arrangements.js';
import { OrdersModule } from './orders-service.js';

@WebSocketGateway()
class Gateway {
  /** That by which Nest has opened the gateway last. */
  @WebSocketServer()
  server!: { readonly httpServer: Server; close(): Promise<void> };

  @SubscribeMessage('secret')
  secret(): WsResponse {
    return { event: 'secret', data: 'told' };
  }
}

@Module({ providers: [Gateway] })
class GatewayModule {}

it('Messages to a gateway that Nest opens a second time, for a microservice that begins later, are refused without a token', async () => {
  const directory = temporaryDirectory();
  const issuer = await TestIssuer.start();
  const { url, audience } = issuer;
  const guards = ResourceServerModule.forRoot({ issuer: url, audience, transports: [grpc(), webSockets()] });
  const arrangement = { hybrid: true, deferInitialization: true };
  const address = `unix:${join(directory.path, 'orders.sock')}`;
  const app = await startArranged([guards, OrdersModule, GatewayModule], arrangement, address);
  const { server } = app.get(Gateway);
  if (!server.httpServer.listening) await once(server.httpServer, 'listening');
  const { port } = server.httpServer.address() as AddressInfo;
  const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false });
  const answer = new Promise((resolve) => {
    client.once('connect_error', resolve);
    client.once('secret', resolve);
    client.once('exception', resolve);
  });
  client.emit('secret');
  expect(await answer).toMatchObject({ code: 'TOKEN_MISSING' });
  client.disconnect();
  await server.close();
  await app.close();
  await issuer.close();
  directory.remove();
});
