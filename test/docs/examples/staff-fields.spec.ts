import { Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DatabaseConnection, UsersRepository } from 'latchkey';
import { startTestApp, type TestApp } from '../../support/test-app.js';
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
