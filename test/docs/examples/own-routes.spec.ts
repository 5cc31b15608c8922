import { type INestApplication, Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { reservePort } from '../../../src/http/free-port.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';

let app: INestApplication;
let store: TestStore;

/** The example reads its settings from the environment, as an application does. */
const environment = process.env;

beforeAll(async () => {
  store = await createTestStore({});
  const port = await reservePort('127.0.0.1', 0);
  await port.release();
  process.env = { ...environment, ...store.environment, PORT: String(port.port) };
  Logger.overrideLogger(false);
  ({ app } = await import('./own-start.js'));
});
afterAll(async () => {
  process.env = environment;
  await app.close();
  await store.remove();
});

it('own-routes.ts guards the routes of a team, in an application of Express that own-start.ts starts', async () => {
  const url = `http://127.0.0.1:${process.env['PORT']}`;
  const registered = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: uniqueEmail(), password: PASSWORD }),
  });
  const { user, accessToken } = (await registered.json()) as SignedIn;
  const ask = (path: string, headers = {}) => fetch(`${url}/invoices${path}`, { headers });
  const authorization = `Bearer ${accessToken}`;

  expect((await ask('')).status).toBe(401);
  expect(await (await ask('', { authorization })).json()).toEqual({ of: user.id });
  expect((await ask('/all', { authorization })).status).toBe(403);
  expect(await (await ask('/terms')).text()).toBe('Thirty days.');
});
