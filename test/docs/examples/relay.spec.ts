import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestIssuer } from 'latchkey/testing';
import { Recorder } from '../../e2e/relay/recorder.js';

let app: INestApplication;
let issuer: TestIssuer;
let billing: Recorder;

beforeAll(async () => {
  [issuer, billing] = await Promise.all([TestIssuer.start(), Recorder.start()]);
  const environment = { ISSUER: issuer.url, AUDIENCE: issuer.audience, BILLING: billing.url };
  Object.assign(process.env, environment, { STOCK: 'localhost:50051' });
  const { OrdersModule } = await import('./relay.js');
  app = await NestFactory.create(OrdersModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
});
afterAll(async () => {
  await app?.close();
  await Promise.all([billing?.close(), issuer?.close()]);
});

it('relay.ts calls another service on behalf of its caller', async () => {
  const authorization = `Bearer ${issuer.token()}`;
  const answer = await fetch(`${await app.getUrl()}/orders/invoices`, { headers: { authorization } });
  expect(await answer.json()).toEqual({ billing: 'answered' });
  expect(billing.received).toMatchObject([{ authorization, 'latchkey-callers': 'orders' }]);
});
