import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectProblem } from '../support/problems.js';
import { newStaffNumber } from './staff-fields.js';
import { StaffServer } from './staff-server.js';

let staff: StaffServer;

beforeAll(async () => {
  // In a schema that only quotes can name.
  staff = await StaffServer.start({ REGISTER_RATE_LIMIT: '3/1m', DATABASE_SCHEMA: 'the "team"' });
});
afterAll(() => staff.close());

it('Whether a staff number is taken is told by changes no more often than by registrations', async () => {
  const other = await staff.user();
  const user = await staff.user();
  const ask = () => staff.change(user, { staffNumber: other.user.staffNumber });
  for (let time = 0; time < 3; time += 1) expectProblem(await ask(), 409, 'FIELD_TAKEN');
  expectProblem(await ask(), 429, 'RATE_LIMITED');
  expectProblem(await staff.change(user, { staffNumber: newStaffNumber() }), 429, 'RATE_LIMITED');
  expect((await staff.change(user, { telephone: '+49 30 123456' })).status).toBe(200);
});
