import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grpc } from '../../../src/grpc/index.js';
import { reservePort } from '../../../src/http/free-port.js';
import { ResourceServerModule } from '../../../src/resource-server/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import { webSockets } from '../../../src/websockets/index.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { startArranged } from './arrangements.js';
import { OrdersModule } from './orders-service.js';

describe('A microservice without HTTP that has webSockets()', () => {
  const directory = temporaryDirectory();
  let issuer: TestIssuer;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
  });

  afterAll(async () => {
    await issuer.close();
    directory.remove();
  });

  const start = (...imports: Parameters<typeof startArranged>[0]) => {
    const { url, audience } = issuer;
    const guards = ResourceServerModule.forRoot({
      issuer: url,
      audience,
      transports: [grpc(), webSockets()],
    });
    const address = `unix:${join(directory.path, 'orders.sock')}`;
    return startArranged([guards, OrdersModule, ...imports], { hybrid: false }, address);
  };

  it('closes without an error where it has no gateway', async () => {
    const app = await start();
    await expect(app.close()).resolves.toBeUndefined();
  });

  it('lets connections to a gateway with a port of its own in by their token, and closes', async () => {
    const reserved = await reservePort('127.0.0.1', 0);
    const { port } = reserved;
    await reserved.release();

    @WebSocketGateway(port)
    class Gateway {
      @SubscribeMessage('secret')
      secret(): WsResponse {
        return { event: 'secret', data: 'told' };
      }
    }
    @Module({ providers: [Gateway] })
    class GatewayModule {}

    const app = await start(GatewayModule);
    const connect = (token?: string) =>
      io(`http://127.0.0.1:${port}`, {
        auth: { token },
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      });
    const refused = connect();
    expect(await new Promise((resolve) => refused.once('connect_error', resolve))).toMatchObject({
      data: { code: 'TOKEN_MISSING' },
    });
    const socket = connect(issuer.token());
    const told = new Promise((resolve) => socket.once('secret', resolve));
    socket.emit('secret');
    expect(await told).toBe('told');
    socket.disconnect();
    await expect(app.close()).resolves.toBeUndefined();
  });
});
