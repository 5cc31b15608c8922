import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { staff } from './staff-fields.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp(staff);
});
afterAll(() => server.close());

it('staff-fields.ts gives users a staff number, a telephone number and a tenant', async () => {
  const { body } = await server.api.register({ staffNumber: 'a1234', telephone: '+49 30 123456' });
  expect(body.user).toMatchObject({ staffNumber: 'A1234', telephone: '+49 30 123456', tenantId: null });
});
