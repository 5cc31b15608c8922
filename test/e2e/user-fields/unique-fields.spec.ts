import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { expectProblem } from '../support/problems.js';
import { newStaffNumber } from './staff-fields.js';
import { StaffServer } from './staff-server.js';

let staff: StaffServer;

beforeAll(async () => {
  // In a schema that only quotes can name.
  staff = await StaffServer.start({
    REGISTER_RATE_LIMIT: '3/1m',
    DATABASE_SCHEMA: 'the "team"',
    UNVERIFIED_SCOPES: 'profile:read',
  });
});
afterAll(() => staff.close());

it('No field is in the tokens of a user who has not proved their address, where scopes are kept from them', async () => {
  const user = await staff.user();
  expect(user.user).toMatchObject({ language: 'en' });
  expect(decodeJwt(user.accessToken)).not.toHaveProperty('language');
  const token = staff.mails.token(user.user.email, 'email-verification');
  const headers = { token: user.accessToken };
  expect((await staff.api.post('/api/auth/email/verify', { token }, headers)).status).toBe(204);
  expect(decodeJwt((await staff.login(user)).body.accessToken)).toMatchObject({ language: 'en' });
});

it('Whether a staff number is taken is told by changes no more often than by registrations', async () => {
  const other = await staff.user();
  const user = await staff.user();
  const ask = () => staff.change(user, { staffNumber: other.user.staffNumber });
  for (let time = 0; time < 3; time += 1) expectProblem(await ask(), 409, 'FIELD_TAKEN');
  expectProblem(await ask(), 429, 'RATE_LIMITED');
  expectProblem(await staff.change(user, { staffNumber: newStaffNumber() }), 429, 'RATE_LIMITED');
  expect((await staff.change(user, { telephone: '+49 30 123456' })).status).toBe(200);
});
