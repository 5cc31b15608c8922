import { readFileSync } from 'node:fs';
import { type INestApplication, Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SharedTransactions, UnknownRoleError, UsersRepository } from 'latchkey';
import { reservePort } from '../../../src/http/free-port.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { createTestStore, type TestStore } from '../../support/test-store.js';

let app: INestApplication;
let store: TestStore;

/** As docs/extending.md has it. */
const [BOOKKEEPER = ''] =
  /insert into latchkey\.roles[^;]*;/.exec(readFileSync('docs/extending.md', 'utf8')) ?? [];

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

it('a role that a row of the table makes is in the tokens of those who are given it, with its scopes', async () => {
  const url = `http://127.0.0.1:${process.env['PORT']}`;
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as SignedIn;
  };
  const credentials = { email: uniqueEmail(), password: PASSWORD };
  const { user } = await post('/api/auth/register', credentials);
  const users = app.get(UsersRepository);
  await expect(users.grantRole(user.id, 'bookkeeper')).rejects.toThrow(UnknownRoleError);
  await app
    .get(SharedTransactions)
    .run((_, client) =>
      client.query(BOOKKEEPER.replace('latchkey.', `${process.env['DATABASE_SCHEMA'] ?? 'latchkey'}.`), []),
    );
  expect(await users.grantRole(user.id, 'bookkeeper')).toBe(true);

  const { accessToken } = await post('/api/auth/login', credentials);
  const [, payload = ''] = accessToken.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    roles: string[];
    scope: string;
  };
  expect(claims.roles.toSorted()).toEqual(['bookkeeper', 'user']);
  expect(claims.scope.split(' ')).toEqual(expect.arrayContaining(['invoices:read', 'invoices:write']));
});
