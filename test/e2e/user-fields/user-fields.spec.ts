import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { LatchkeyComposition } from '../../../src/composition/latchkey-options.js';
import { RevocationService } from '../../../src/tokens/revocation/revocation.service.js';
import { UserFieldsStore } from '../../../src/users/user-fields-store.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import type { TestEnvironment } from '../../support/test-config.js';
import { EMBEDDED } from '../../support/test-store.js';
import { expectProblem } from '../support/problems.js';
import { IN_OWN_TABLE } from './own-table.js';
import { newStaffNumber } from './staff-fields.js';
import { type SignedInStaff, StaffServer } from './staff-server.js';

const TENANT = '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10';
const ADDRESS = { street: 'Hauptstraße 1', city: 'Berlin' };
/** The same for all servers of a database. */
const APP_SECRET = 'xK3vR8mQ2wN7pL5tJ9hB4dF6gS1zC0yA';

describe("A team's own fields, on PGlite", () => ownFields(() => EMBEDDED));

describeWithPostgres("A team's own fields, on PostgreSQL", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createMigratedDatabase();
  });
  afterAll(() => database.drop());

  // Nested, so that its servers are closed before the database is dropped.
  describe('-', () => ownFields(() => ({ DATABASE_URL: database.url })));
});

describe("A team's own fields, in a table of its own", () => ownFields(() => ({}), IN_OWN_TABLE));

function ownFields(environment: () => TestEnvironment, composition: LatchkeyComposition = {}): void {
  let staff: StaffServer;

  beforeAll(async () => {
    staff = await StaffServer.start({ ...environment(), APP_SECRET }, composition);
  });
  afterAll(() => staff.close());

  const errorsOf = ({ body }: { body: { errors?: { field: string; message: string }[] } }) =>
    (body.errors ?? []).map(({ field, message }) => `${field}: ${message}`);

  it('are given at registration, and answered there, at login and by the profile', async () => {
    const staffNumber = newStaffNumber();
    const registered = await staff.register({ staffNumber, telephone: '+49 30 123456', address: ADDRESS });
    expect(registered.status).toBe(201);
    const { user } = registered.body;
    const expected = {
      staffNumber,
      telephone: '+49 30 123456',
      tenantId: null,
      language: 'en',
      address: ADDRESS,
    };
    expect(user).toMatchObject(expected);
    expect((await staff.login(registered.body)).body.user).toEqual(user);
    expect((await staff.profile(registered.body)).body).toEqual(user);
  });

  it.each([
    ['what must be given and is not', { staffNumber: undefined }, ['staffNumber: staffNumber must be given']],
    [
      'null where something must be given',
      { staffNumber: null },
      ['staffNumber: staffNumber must be a letter and four to eight digits'],
    ],
    ['what breaks its rule', { telephone: 'call me' }, ['telephone: telephone must be a telephone number']],
    ['another type', { telephone: 4930123456 }, ['telephone: telephone must be a telephone number']],
    ['what only administrators write', { tenantId: TENANT }, ['tenantId: this field is not known']],
    ['unknown fields', { shoeSize: 43 }, ['shoeSize: this field is not known']],
    [
      'unknown fields within',
      { address: { ...ADDRESS, planet: 'Earth' } },
      ['address.planet: this field is not known'],
    ],
    [
      'what breaks a rule within',
      { address: { street: '', city: 'Berlin' } },
      ['address.street: street must be longer than or equal to 1 characters'],
    ],
    [
      'a NUL within',
      { address: { street: 'a\0b', city: 'Berlin' } },
      ['address: address must hold only characters that can be kept'],
    ],
    [
      'half of a character',
      { address: { street: '\ud800', city: 'Berlin' } },
      ['address: address must hold only characters that can be kept'],
    ],
  ])('refuse %s with 400', async (_, fields, errors) => {
    const answer = await staff.register(fields);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(errorsOf(answer)).toEqual(errors);
    const user = await staff.user();
    const { staffNumber, ...others } = fields as { staffNumber?: unknown };
    const change = staffNumber === null ? { staffNumber } : others;
    if (Object.keys(change).length > 0)
      expectProblem(await staff.change(user, change), 400, 'VALIDATION_FAILED');
  });

  it('are transformed as the declaration says', async () => {
    const number = newStaffNumber();
    expect((await staff.user({ staffNumber: ` ${number.toLowerCase()} ` })).user.staffNumber).toBe(number);
  });

  it('are changed by PATCH, each by itself: what is not named stays, null takes it back', async () => {
    const user = await staff.user({ name: 'Ada', telephone: '+49 30 1', address: ADDRESS });
    const { staffNumber } = user.user;
    expect((await staff.change(user, { telephone: '+49 30 222222' })).body).toMatchObject({
      name: 'Ada',
      staffNumber,
      telephone: '+49 30 222222',
      address: ADDRESS,
    });
    expect((await staff.change(user, { telephone: null, name: 'Ada King' })).body).toMatchObject({
      name: 'Ada King',
      telephone: null,
      address: ADDRESS,
      language: 'en',
    });
    expect((await staff.change(user, { address: null, language: null })).body).toMatchObject({
      staffNumber,
      address: null,
      language: null,
    });
    expect((await staff.change(user, {})).body).toEqual((await staff.profile(user)).body);
  });

  it('are changed with the name, or neither is', async () => {
    const user = await staff.user({ name: 'Ada', telephone: '+49 30 1' });
    const before = (await staff.profile(user)).body;
    const users = staff.server.app.get(UsersRepository);
    jest.spyOn(users, 'rename').mockRejectedValueOnce(new Error('no'));
    const change = { telephone: '+49 30 444444', name: 'Ada King' };
    expectProblem(await staff.change(user, change), 500, 'INTERNAL');
    expect((await staff.profile(user)).body).toEqual(before);
    expect((await staff.change(user, change)).body).toMatchObject(change);
    expect((await staff.change(user, { ...change, name: 'Ada' })).body).toMatchObject({ name: 'Ada' });
  });

  it('changed at once, each by a request of its own, are all changed', async () => {
    const user = await staff.user();
    const changes = [
      { telephone: '+49 30 333333' },
      { language: 'de' },
      { address: ADDRESS },
      { name: 'Grace' },
    ];
    const answers = await Promise.all(changes.map((change) => staff.change(user, change)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await staff.profile(user)).body).toMatchObject(Object.assign({}, ...changes));
  });

  it('hold text as it was written', async () => {
    const street = `O'Brien "\\ $1 %s {} <b> مرحبا 👩‍👩‍👧‍👦`;
    const user = await staff.user({ address: { street, city: '__proto__' } });
    expect((await staff.profile(user)).body.address).toEqual({ street, city: '__proto__' });
  });

  it.each(['constructor', 'toString', 'attributes', 'emailVerified', 'roles', 'id'])(
    'leave no way in by the name %s',
    async (name) => {
      const { user } = await staff.user();
      const json = `{"email":"${uniqueEmail()}","password":"${PASSWORD}","staffNumber":"${newStaffNumber()}","${name}":["admin"]}`;
      expectProblem(
        await staff.api.request('POST', '/api/auth/register', { body: json }),
        400,
        'VALIDATION_FAILED',
      );
      expect(user.roles).toEqual(['user']);
    },
  );

  it('are exported with the account', async () => {
    const { accessToken: token, user } = await staff.user({ telephone: '+49 30 444444' });
    const { body } = await staff.api.get<{ profile: object }>('/api/profile/export', { token });
    expect(body.profile).toMatchObject({
      staffNumber: user.staffNumber,
      telephone: '+49 30 444444',
      tenantId: null,
    });
  });

  it('leave in the audit log which were changed, and only harmless values', async () => {
    const admin = await staff.admin();
    const user = await staff.user({ telephone: '+49 30 123456' });
    await staff.change(user, { telephone: '+49 30 555555', language: 'de', address: null });
    await staff.change(user, { telephone: '+49 30 555555' });
    const { body } = await staff.api.get<{ events: { actor: object; details: object }[] }>(
      `/api/admin/audit?type=user.fields_changed&subject=${user.user.id}`,
      { token: admin.accessToken },
    );
    expect(body.events).toHaveLength(1);
    expect(body.events[0]).toMatchObject({
      actor: { kind: 'user', id: user.user.id },
      details: { fields: ['telephone', 'language'], values: { language: 'de' } },
    });
    expect(JSON.stringify(body)).not.toContain('555555');
  });

  describe('that are unique', () => {
    const expectTaken = (answer: Parameters<typeof expectProblem>[0]) => {
      expectProblem(answer, 409, 'FIELD_TAKEN');
      expect(errorsOf(answer)).toEqual(['staffNumber: staffNumber is taken']);
      expect(JSON.stringify(answer.body)).not.toMatch(/S\d{4}/);
    };

    it('go to one of the users who register with the same at once', async () => {
      const staffNumber = newStaffNumber();
      const email = uniqueEmail();
      const wishes = Array.from({ length: 12 }, (__, index) => ({
        staffNumber,
        email: index < 2 ? email : uniqueEmail(),
      }));
      const answers = await Promise.all(wishes.map((wish) => staff.register(wish)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      const refused = answers.flatMap((answer, index) =>
        answer.status === 409 && index > 1 ? [{ answer, wish: wishes[index] }] : [],
      );
      expect(refused.length).toBeGreaterThanOrEqual(9);
      for (const { answer } of refused) expectTaken(answer);
      // Nothing is left of the account that came with it.
      const again = await staff.register({ email: refused[0]?.wish?.email, staffNumber: newStaffNumber() });
      expect(again.status).toBe(201);
    });

    it('go to one of the users who change theirs to the same at once', async () => {
      const staffNumber = newStaffNumber();
      const all = [await staff.user(), await staff.user(), await staff.user()];
      const answers = await Promise.all(
        all.map((user) => staff.change(user, { staffNumber, language: 'de' })),
      );
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
      expect(answers.map(({ status }) => status).filter((status) => status === 409)).toHaveLength(2);
      const losers = all.filter((_, index) => answers[index]?.status === 409);
      for (const answer of answers.filter(({ status }) => status === 409)) expectTaken(answer);
      for (const loser of losers) {
        const { staffNumber: kept, language } = (await staff.profile(loser)).body;
        expect({ kept, language }).toEqual({ kept: loser.user.staffNumber, language: 'en' });
      }
    });

    it('are free once the user has another, or is gone', async () => {
      const first = await staff.user();
      const { staffNumber } = first.user;
      expectTaken(await staff.register({ staffNumber }));
      await staff.change(first, { staffNumber: newStaffNumber() });
      const second = await staff.register({ staffNumber });
      expect(second.status).toBe(201);
      const { accessToken: token } = second.body;
      await staff.api.request('DELETE', '/api/profile', { token, json: { password: PASSWORD } });
      expect((await staff.register({ staffNumber })).status).toBe(201);
    });

    it('may be written once more by their own user, beside another', async () => {
      const user = await staff.user();
      const { staffNumber } = user.user;
      const answer = await staff.change(user, { staffNumber, telephone: '+49 30 121212' });
      expect(answer.body).toMatchObject({ staffNumber, telephone: '+49 30 121212' });
    });

    it('are looked up by their index', async () => {
      const { user } = await staff.user();
      const store = staff.server.app.get(UserFieldsStore);
      const found = await store.findUsers('staffNumber', user.staffNumber ?? '', { limit: 10 });
      expect(found.map((each) => each.user.id)).toEqual([user.id]);
    });

    it('that are taken are told to an administrator who invites with them', async () => {
      const { accessToken: token } = await staff.admin();
      const { user } = await staff.user();
      const invitation = { email: uniqueEmail(), staffNumber: user.staffNumber };
      expectTaken(await staff.api.post('/api/admin/invitations', invitation, { token }));
    });
  });

  describe('that administrators write', () => {
    let admin: SignedInStaff;

    beforeAll(async () => {
      admin = await staff.admin();
    });

    it('are read and written by them, with all others, and by no user', async () => {
      const user = await staff.user();
      const { id, staffNumber } = user.user;
      const before = { staffNumber, telephone: null, tenantId: null, language: 'en', address: null };
      expect((await staff.fields(admin, id)).body).toEqual(before);
      const change = { tenantId: TENANT, telephone: '+49 30 131313', address: ADDRESS };
      const changed = await staff.fields(admin, id, change);
      expect([changed.status, changed.body]).toEqual([200, { ...before, ...change }]);
      expect((await staff.login(user)).body.user).toMatchObject(change);
      expect((await staff.fields(admin, id, { tenantId: null })).body).toMatchObject({ tenantId: null });
      const again = (await staff.login(user)).body;
      expectProblem(await staff.fields(again, id), 403, 'INSUFFICIENT_ROLE');
      expectProblem(await staff.fields(again, id, { tenantId: TENANT }), 403, 'INSUFFICIENT_ROLE');
      expectProblem(await staff.change(again, { tenantId: TENANT }), 400, 'VALIDATION_FAILED');
    });

    it('are recorded as theirs', async () => {
      const { user } = await staff.user();
      await staff.fields(admin, user.id, { tenantId: TENANT, language: 'de' });
      const { body } = await staff.api.get<{ events: object[] }>(
        `/api/admin/audit?type=user.fields_changed&subject=${user.id}`,
        { token: admin.accessToken },
      );
      const details = { fields: ['tenantId', 'language'], values: { language: 'de' } };
      expect(body.events).toMatchObject([{ actor: { kind: 'user', id: admin.user.id }, details }]);
    });

    it('are refused by their rules, and of no user', async () => {
      const { user } = await staff.user();
      const other = await staff.user();
      expectProblem(await staff.fields(admin, user.id, { tenantId: 'mine' }), 400, 'VALIDATION_FAILED');
      expectProblem(await staff.fields(admin, user.id, { staffNumber: null }), 400, 'VALIDATION_FAILED');
      expectProblem(await staff.fields(admin, user.id, { roles: ['admin'] }), 400, 'VALIDATION_FAILED');
      const taken = { staffNumber: other.user.staffNumber };
      expectProblem(await staff.fields(admin, user.id, taken), 409, 'FIELD_TAKEN');
      for (const id of ['0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10', 'me']) {
        expectProblem(await staff.fields(admin, id), 404, 'NOT_FOUND');
        expectProblem(await staff.fields(admin, id, { tenantId: TENANT }), 404, 'NOT_FOUND');
      }
    });
  });

  describe('in access tokens', () => {
    const claimsOf = ({ accessToken }: { accessToken: string }) => {
      const { tenantId, language, telephone } = decodeJwt(accessToken);
      return { tenantId, language, telephone };
    };

    it('are what they are when the token is issued; those in which there is nothing are left out', async () => {
      const user = await staff.user({ telephone: '+49 30 141414' });
      expect(claimsOf(user)).toEqual({ language: 'en' });
      await staff.change(user, { language: 'de' });
      expect((await staff.profile(user)).status).toBe(200);
      const refreshed = (await staff.api.refresh(user.refreshToken)).body;
      expect(claimsOf(refreshed)).toEqual({ language: 'de' });
      await staff.change(user, { language: null });
      expect(claimsOf((await staff.login(user)).body)).toEqual({});
    });

    it('that an administrator changes kill the tokens of before when tried again, too, after those could not be', async () => {
      const admin = await staff.admin();
      const user = await staff.user();
      const revoke = jest
        .spyOn(staff.server.app.get(RevocationService), 'revokeSubject')
        .mockRejectedValueOnce(new Error('the store is gone'));
      expect((await staff.fields(admin, user.user.id, { tenantId: TENANT })).status).toBe(500);
      revoke.mockRestore();
      expect((await staff.fields(admin, user.user.id, { tenantId: TENANT })).status).toBe(200);
      expectProblem(await staff.profile(user), 401, 'TOKEN_REVOKED');
    });

    it('that an administrator changes kill the tokens of before; the session goes on', async () => {
      const admin = await staff.admin();
      const user = await staff.user();
      await staff.fields(admin, user.user.id, { telephone: '+49 30 151515' });
      expect((await staff.profile(user)).status).toBe(200);
      await staff.fields(admin, user.user.id, { tenantId: TENANT });
      expectProblem(await staff.profile(user), 401, 'TOKEN_REVOKED');
      const refreshed = (await staff.api.refresh(user.refreshToken)).body;
      expect(claimsOf(refreshed)).toEqual({ tenantId: TENANT, language: 'en' });
      expect((await staff.profile(refreshed)).body).toMatchObject({ tenantId: TENANT });
    });
  });

  it('come with an invitation, and with its acceptance in place of it', async () => {
    const { accessToken: token } = await staff.admin();
    const email = uniqueEmail();
    const staffNumber = newStaffNumber();
    const invited = await staff.api.post(
      '/api/admin/invitations',
      { email, tenantId: TENANT, telephone: '+49 30 666666', language: 'de' },
      { token },
    );
    expect(invited.status).toBe(202);
    const accept = (fields: object) =>
      staff.api.post<{ user: object }>('/api/auth/invitation/accept', {
        token: staff.mails.token(email, 'invitation'),
        password: PASSWORD,
        ...fields,
      });
    const missing = await accept({});
    expectProblem(missing, 400, 'VALIDATION_FAILED');
    expect(errorsOf(missing)).toEqual(['staffNumber: staffNumber must be given']);
    expectProblem(await accept({ staffNumber, tenantId: null }), 400, 'VALIDATION_FAILED');
    const accepted = await accept({ staffNumber, telephone: '+49 30 777777' });
    expect(accepted.status).toBe(201);
    expect(accepted.body.user).toMatchObject({
      staffNumber,
      tenantId: TENANT,
      telephone: '+49 30 777777',
      language: 'de',
    });
  });

  describe('where the address is verified first', () => {
    let careful: StaffServer;

    beforeAll(async () => {
      const settings = { ...environment(), APP_SECRET, REGISTRATION: 'verify-first' };
      careful = await StaffServer.start(settings, composition);
    });
    afterAll(() => careful.close());

    const registered = async (fields: object) => {
      const email = uniqueEmail();
      expect((await careful.register({ email, ...fields })).status).toBe(202);
      return careful.mails.token(email, 'email-verification');
    };
    const confirm = (token: string, password: string, fields: object = {}) =>
      careful.api.post<{ user: object }>('/api/auth/register/confirm', { token, password, ...fields });

    it('count with the password that was registered, unless they are given anew', async () => {
      const staffNumber = newStaffNumber();
      const token = await registered({ staffNumber, telephone: '+49 30 888888' });
      const { status, body } = await confirm(token, PASSWORD, { language: 'de' });
      expect(status).toBe(201);
      expect(body.user).toMatchObject({ staffNumber, telephone: '+49 30 888888', language: 'de' });
    });

    it('of a stranger do not count: they are asked for again, and the link stays good', async () => {
      const token = await registered({ telephone: '+49 30 999999' });
      const other = 'purple monkey dishwasher tuesday';
      const missing = await confirm(token, other);
      expectProblem(missing, 400, 'VALIDATION_FAILED');
      expect(errorsOf(missing)).toEqual(['staffNumber: staffNumber must be given']);
      const { status, body } = await confirm(token, other, { staffNumber: newStaffNumber() });
      expect(status).toBe(201);
      expect(body.user).toMatchObject({ telephone: null });
    });

    it('that are taken are told to the one who reads the mail, not when registering; the link stays good', async () => {
      const taken = newStaffNumber();
      const first = await registered({ staffNumber: taken });
      const second = await registered({ staffNumber: taken });
      expect((await confirm(first, PASSWORD)).status).toBe(201);
      const third = await careful.register({ staffNumber: taken });
      expect([third.status, third.body]).toEqual([202, '']);
      const answer = await confirm(second, PASSWORD);
      expectProblem(answer, 409, 'FIELD_TAKEN');
      expect(errorsOf(answer)).toEqual(['staffNumber: staffNumber is taken']);
      expect((await confirm(second, PASSWORD, { staffNumber: newStaffNumber() })).status).toBe(201);
    });

    it('must be given when registering, too', async () => {
      expectProblem(await careful.register({ staffNumber: undefined }), 400, 'VALIDATION_FAILED');
    });
  });
}
