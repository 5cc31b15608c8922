import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { LatchkeyModule } from 'latchkey';
import { InMemoryLatchkey } from 'latchkey/testing';
import { PASSWORD } from '../../support/api-client.js';
import { allowBrowsers, believeProxies, fastifyBehindProxies } from './behind-a-proxy.js';

const ORIGIN = 'https://app.example.com';

describe.each(['Express', 'Fastify'])('behind-a-proxy.ts on %s', (platform) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const { options } = await InMemoryLatchkey.create();
    @Module({
      imports: [LatchkeyModule.forRoot({ ...options, loginRateLimit: '1/1h', corsOrigins: [ORIGIN] })],
    })
    class ShopModule {}
    const quiet = { logger: false, abortOnError: false } as const;
    if (platform === 'Fastify') {
      app = await NestFactory.create(ShopModule, fastifyBehindProxies(), quiet);
    } else {
      const express = await NestFactory.create<NestExpressApplication>(ShopModule, quiet);
      believeProxies(express);
      app = express;
    }
    allowBrowsers(app, [ORIGIN]);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  it('has the limits count the addresses that the proxy tells, not the proxy', async () => {
    const logIn = async (client: string) => {
      const { status } = await fetch(`${url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': client },
        body: JSON.stringify({ email: 'no-one@example.com', password: PASSWORD }),
      });
      return status;
    };
    expect(await logIn('192.0.2.1')).toBe(401);
    expect(await logIn('192.0.2.2')).toBe(401);
    expect(await logIn('192.0.2.1')).toBe(429);
    expect(await logIn('192.0.2.66, 192.0.2.2')).toBe(429);
  });

  it('lets browsers call from the origin, and from no other', async () => {
    const allowedFor = async (origin: string) => {
      const { headers } = await fetch(`${url}/api/auth/login`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-auth-mode',
        },
      });
      return headers.get('access-control-allow-origin');
    };
    expect(await allowedFor(ORIGIN)).toBe(ORIGIN);
    expect(await allowedFor('https://elsewhere.example.com')).toBeNull();
  });
});
