import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createLatchkeyClient } from '../../src/client/index.js';
import { PASSWORD, uniqueEmail } from '../support/api-client.js';
import { newStaffNumber, type StaffFields } from '../e2e/user-fields/staff-fields.js';
import { StaffServer } from '../e2e/user-fields/staff-server.js';

let staff: StaffServer;

beforeAll(async () => {
  staff = await StaffServer.start({});
});
afterAll(() => staff.close());

it("A client has a team's own fields, with the types of the class that declares them for the server", async () => {
  const client = createLatchkeyClient<StaffFields>({ baseUrl: staff.server.url });
  const staffNumber = newStaffNumber();
  const account = { email: uniqueEmail(), password: PASSWORD };
  // @ts-expect-error -- a staff number must be given
  await expect(client.register(account)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  // @ts-expect-error -- and the language is one of two
  const foreign = client.register({ ...account, staffNumber, language: 'fr' });
  await expect(foreign).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });

  await client.register({ ...account, staffNumber, language: 'de' });
  const { user } = client;
  const typed: { number: string | null | undefined; language: 'de' | 'en' | null | undefined } = {
    number: user?.staffNumber,
    language: user?.language,
  };
  expect(typed).toEqual({ number: staffNumber, language: 'de' });
  expect((await client.restore())?.telephone).toBeNull();

  const response = await client.fetch('/api/profile');
  const profile = response.ok && (await response.json());
  const answered: { number: string | null; email: string } | false = profile && {
    number: profile.staffNumber,
    email: profile.email,
  };
  expect(answered).toEqual({ number: staffNumber, email: account.email });
  const sessions = await client.fetch('/api/auth/sessions');
  // @ts-expect-error -- a session has none of them
  expect(sessions.ok && (await sessions.json())[0]?.staffNumber).toBeUndefined();
});
