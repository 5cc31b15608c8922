import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem } from '../support/problems.js';
import { IN_OWN_TABLE } from './own-table.js';
import { type SignedInStaff, StaffServer, type StaffUser } from './staff-server.js';

interface Page {
  readonly users: StaffUser[];
  readonly nextCursor: string | null;
}

describe.each([
  ['', {}],
  [' in a table of its own', IN_OWN_TABLE],
] as const)("Users are found by a team's own fields%s:", (_, composition) => {
  let staff: StaffServer;
  let admin: SignedInStaff;

  beforeAll(async () => {
    staff = await StaffServer.start({}, composition);
    admin = await staff.admin();
  });
  afterAll(() => staff.close());

  const find = (query: Record<string, string>, { accessToken: token } = admin) =>
    staff.api.get<Page>(`/api/admin/users?${String(new URLSearchParams(query))}`, { token });

  const errorsOf = ({ body: { errors = [] } }: { body: { errors?: { field: string; message: string }[] } }) =>
    errors.map(({ field, message }) => `${field}: ${message}`);

  it('one by a number, in the form that the declaration gives it', async () => {
    const { user } = await staff.user({ telephone: '+49 30 123456' });
    const number = user.staffNumber ?? '';
    for (const value of [number, ` ${number.toLowerCase()} `]) {
      const { status, body } = await find({ field: 'staffNumber', value });
      expect([status, body]).toMatchObject([200, { users: [user], nextCursor: null }]);
    }
  });

  it('none by a part of it, or by what no user has', async () => {
    const { user } = await staff.user();
    const nothing = { users: [], nextCursor: null };
    for (const value of [user.staffNumber?.slice(0, -1) ?? '', 'Z99999999', '%', '*', '.*', "' or true --"])
      expect((await find({ field: 'staffNumber', value })).body).toEqual(nothing);
    for (const value of [randomUUID(), 'no UUID', 'true', '1'])
      expect((await find({ field: 'tenantId', value })).body).toEqual(nothing);
  });

  it('many in pages, each once, with what they have in all fields', async () => {
    const tenantId = randomUUID();
    const all = await Promise.all(Array.from({ length: 5 }, () => staff.user()));
    await Promise.all(all.map(({ user }) => staff.fields(admin, user.id, { tenantId })));
    const pages: StaffUser[][] = [];
    let cursor: string | null | undefined;
    do {
      const page = { field: 'tenantId', value: tenantId, limit: '2', ...(cursor && { cursor }) };
      const { body } = await find(page);
      pages.push(body.users);
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    const expected = all.map(({ user }) => Object.assign(user, { tenantId }));
    const byId = (first: StaffUser, second: StaffUser) => first.id.localeCompare(second.id);
    expect(pages.flat()).toMatchObject(expected.toSorted(byId));
  });

  it('no more those who have another value, or are gone', async () => {
    const user = await staff.user();
    const { id, staffNumber } = user.user;
    const value = staffNumber ?? '';
    await staff.fields(admin, id, { staffNumber: `T${value.slice(1)}` });
    expect((await find({ field: 'staffNumber', value })).body.users).toEqual([]);
    const other = { field: 'staffNumber', value: `T${value.slice(1)}` };
    expect((await find(other)).body.users).toHaveLength(1);
    const json = { password: 'correct horse battery staple' };
    await staff.api.request('DELETE', '/api/profile', { token: user.accessToken, json });
    expect((await find(other)).body.users).toEqual([]);
  });

  it('not by a field that is not searchable, or by none', async () => {
    const unknown = 'field: field must be one of staffNumber, tenantId';
    for (const field of ['telephone', 'email', 'passwordHash', 'constructor', '__proto__']) {
      const answer = await find({ field, value: 'x' });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(errorsOf(answer)).toEqual([unknown]);
    }
    expectProblem(await find({ field: 'staffNumber' }), 400, 'VALIDATION_FAILED');
    expectProblem(await find({ field: 'staffNumber', value: '' }), 400, 'VALIDATION_FAILED');
    expectProblem(await find({ field: 'staffNumber', value: 'A1', cursor: 'x' }), 400, 'VALIDATION_FAILED');
    expectProblem(await find({ value: 'A1' }), 400, 'VALIDATION_FAILED');
    for (const other of [{ search: 'ada' }, { sort: 'email' }])
      expectProblem(await find({ field: 'staffNumber', value: 'A1', ...other }), 400, 'VALIDATION_FAILED');
  });

  it('by administrators alone', async () => {
    const user = await staff.user();
    const query = { field: 'staffNumber', value: user.user.staffNumber ?? '' };
    expectProblem(await find(query, user), 403, 'INSUFFICIENT_SCOPE');
    expectProblem(
      await staff.api.get(`/api/admin/users?${String(new URLSearchParams(query))}`),
      401,
      'TOKEN_MISSING',
    );
  });
});
