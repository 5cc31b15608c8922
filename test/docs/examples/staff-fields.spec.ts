import { Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DatabaseConnection, UserFieldsStore, UsersRepository } from 'latchkey';
import { PASSWORD } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { preferences } from './own-fields-store.js';
import { RoomsController, staff } from './staff-fields.js';
import { staffTable } from './staff-table.js';

@Module({ controllers: [RoomsController] })
class RoomsModule {}

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({ ...staff, imports: [RoomsModule] });
});
afterAll(() => server.close());

it('staff-fields.ts gives users a staff number, a telephone number and a tenant, by which their rooms are found', async () => {
  const { body } = await server.api.register({ staffNumber: 'a1234', telephone: '+49 30 123456' });
  expect(body.user).toMatchObject({ staffNumber: 'A1234', telephone: '+49 30 123456', tenantId: null });
  const rooms = async (token: string) => {
    const response = await fetch(`${server.url}/rooms`, { headers: { authorization: `Bearer ${token}` } });
    return response.json();
  };
  expect(await rooms(body.accessToken)).toEqual([]);
  const tenantId = '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10';
  await server.app.get(UsersRepository).changeAttributes(body.user.id, { tenantId });
  expect(await rooms((await server.api.refresh(body.refreshToken)).body.accessToken)).toEqual([
    { of: tenantId },
  ]);
});

it('staff-table.ts keeps them in a table, by which reports can be made', async () => {
  const own = await startTestApp(staffTable);
  const { body } = await own.api.register({ staffNumber: 'a4321', telephone: '+49 30 123456' });
  expect(body.user).toMatchObject({ staffNumber: 'A4321', telephone: '+49 30 123456', tenantId: null });
  expect(await own.app.get(DatabaseConnection).db.$count(sql`staff`)).toBe(1);
  await own.close();
});

it('own-fields-store.ts keeps them in documents, by which users are found, and which go with them', async () => {
  const own = await startTestApp(preferences);
  const store = own.app.get(UserFieldsStore);
  const light = (await own.api.register({ theme: 'light' })).body;
  const { user, accessToken: token } = (await own.api.register()).body;
  const found = async (page: { limit: number; after?: string }) =>
    (await store.findUsers('theme', 'light', page)).map((each) => each.user.id);
  expect([light.user, user]).toMatchObject([{ theme: 'light' }, { theme: null }]);
  await own.api.request('PATCH', '/api/profile', { token, json: { theme: 'light' } });
  const [first = '', last] = [light.user.id, user.id].toSorted();
  expect(await found({ limit: 5 })).toEqual([first, last]);
  expect(await found({ limit: 5, after: first })).toEqual([last]);
  await own.api.request('DELETE', '/api/profile', { token, json: { password: PASSWORD } });
  expect(await found({ limit: 5 })).toEqual([light.user.id]);
  expect(await own.app.get(DatabaseConnection).db.$count(sql`preferences`)).toBe(1);
  await own.close();
});
