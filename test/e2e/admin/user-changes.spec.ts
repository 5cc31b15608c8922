import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { unsetPassword } from '../../../src/users/user.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { RevocationService } from '../../../src/tokens/revocation/revocation.service.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Administration } from '../support/administration.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem, fieldsOf } from '../support/problems.js';

describeOnEachStore('Changes of users by administrators', (environment) => {
  let server: TestApp;
  let administration: Administration;
  let support: SignedIn;
  const mails = new CapturedMails();

  beforeAll(async () => {
    const settings = { ...environment(), ACCOUNT_FAILURES: '3', ACCOUNT_DELAY_MAX: '1h' };
    server = await startTestApp({ environment: settings, providers: [mails.provider] });
    administration = await Administration.of(server);
    support = await administration.withScopes('users:read', 'users:write');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await server.close();
  });

  const refreshed = async (tokens: SignedIn) => (await server.api.refresh(tokens.refreshToken)).body;

  describe('ask for a version', () => {
    it('as the answer gives it: 428 without, 412 with another, and nothing has changed', async () => {
      const { id, name } = (await administration.user()).user;
      const json = { name: 'Grace' };
      expectProblem(await administration.change(id, json, support, null), 428, 'PRECONDITION_REQUIRED');
      const seen = await administration.version(id);
      for (const tag of ['"other"', `W/${seen}`, `"other" , ,W/${seen}`])
        expectProblem(await administration.change(id, json, support, tag), 412, 'PRECONDITION_FAILED');
      expect((await administration.see(id)).body.name).toBe(name);
      const changed = await administration.change(id, json, support, `"other", ${seen}`);
      expect([changed.status, changed.body.name]).toEqual([200, 'Grace']);
      const { body, headers } = await administration.see(id);
      expect([body, headers.get('etag')]).toEqual([changed.body, changed.headers.get('etag')]);
      expectProblem(await administration.change(id, json, support, seen), 412, 'PRECONDITION_FAILED');
      expect((await administration.change(id, { name: null }, support, '*')).body.name).toBeNull();
    });

    it('of two changes of one version makes one', async () => {
      const { id } = (await administration.user()).user;
      const version = await administration.version(id);
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, turn) =>
          administration.change(id, { name: `N${turn}` }, support, version),
        ),
      );
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(4);
      const won = answers.find(({ status }) => status === 200);
      expect((await administration.see(id)).body.name).toBe(won?.body.name);
    });

    it('as HTTP has it: what is no entity tag is told so', async () => {
      const { id, name } = (await administration.user()).user;
      const seen = await administration.version(id);
      for (const tag of [seen.slice(1, -1), 'nonsense', '', '"1', '1"', '"1" 2', 'w/"1"', ',', '*, "1"']) {
        const answer = await administration.change(id, { name: 'X' }, support, tag);
        expectProblem(answer, 412, 'PRECONDITION_FAILED');
        const detail = 'If-Match must be * or entity tags in double quotes, as ETag has them.';
        expect(answer.body).toMatchObject({ detail });
      }
      expect((await administration.see(id)).body.name).toBe(name);
    });

    it('where a user is deleted or unlocked, if there is one', async () => {
      const { id } = (await administration.user()).user;
      for (const [method, path] of [
        ['DELETE', `/api/admin/users/${id}`],
        ['POST', `/api/admin/users/${id}/unlock`],
      ] as const) {
        const askFor = (tag: string) =>
          server.api.request(method, path, { token: support.accessToken, headers: { 'If-Match': tag } });
        expectProblem(await askFor('"other"'), 412, 'PRECONDITION_FAILED');
        expectProblem(await askFor('other'), 412, 'PRECONDITION_FAILED');
      }
      expect((await administration.see(id)).status).toBe(200);
    });
  });

  describe('are for who', () => {
    it('has the scopes: of users, of roles for roles, of both for both', async () => {
      const { id } = (await administration.user()).user;
      const reader = await administration.withScopes('users:read', 'roles:read');
      const ofRoles = await administration.withScopes('roles:write');
      for (const json of [{ name: 'X' }, { roles: ['user'] }, { nonsense: 1 }, {}])
        expectProblem(await administration.change(id, json, reader, '*'), 403, 'INSUFFICIENT_SCOPE');
      for (const json of [{ name: 'X', roles: ['user'] }, { name: 'X' }, {}])
        expectProblem(await administration.change(id, json, ofRoles, '*'), 403, 'INSUFFICIENT_SCOPE');
      expect((await administration.change(id, { roles: ['user'] }, ofRoles, '*')).status).toBe(200);
      expectProblem(
        await administration.change(id, { roles: ['user'] }, support, '*'),
        403,
        'INSUFFICIENT_SCOPE',
      );
      const path = `/api/admin/users/${id}`;
      for (const by of [reader, ofRoles]) {
        expectProblem(await administration.ask('DELETE', path, by), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await administration.ask('POST', `${path}/unlock`, by), 403, 'INSUFFICIENT_SCOPE');
      }
      expectProblem(await server.api.request('PATCH', path, { json: {} }), 401, 'TOKEN_MISSING');
    });

    it('has what an account has that administers', async () => {
      const target = await administration.withRole('admin');
      const keeper = await administration.withScopes('keys:write');
      for (const { user } of [target, keeper]) {
        for (const json of [
          { name: 'X' },
          { disabled: true },
          { email: uniqueEmail() },
          { emailVerified: true },
        ])
          expectProblem(await administration.change(user.id, json, support), 403, 'INSUFFICIENT_SCOPE');
        const path = `/api/admin/users/${user.id}`;
        expectProblem(await administration.ask('DELETE', path, support), 403, 'INSUFFICIENT_SCOPE');
        expectProblem(await administration.ask('POST', `${path}/unlock`, support), 403, 'INSUFFICIENT_SCOPE');
      }
      for (const { user, accessToken } of [target, keeper]) {
        expect((await server.api.profile(accessToken)).body).toEqual(user);
        expect((await administration.change(user.id, { name: 'X' })).status).toBe(200);
      }
    });

    it('has the scopes still, and not who had them when the token was made', async () => {
      const { id } = (await administration.user()).user;
      const dismissed = await administration.withScopes('users:write');
      // The revocation is not known here yet.
      jest.spyOn(server.app.get(RevocationService), 'revokeSubject').mockResolvedValueOnce(undefined);
      await administration.change(dismissed.user.id, { roles: ['user'] });
      expect((await server.api.profile(dismissed.accessToken)).status).toBe(200);
      expectProblem(await administration.change(id, { name: 'X' }, dismissed), 403, 'INSUFFICIENT_SCOPE');
      expect((await administration.see(id)).body.name).not.toBe('X');
    });
  });

  describe('of the address', () => {
    it('make it one that is not proved, end sessions and links, and tell the old one', async () => {
      const target = await administration.user();
      const { id, email } = target.user;
      await server.api.post('/api/auth/password/forgot', { email });
      const token = mails.token(email, 'password-reset');
      const wanted = uniqueEmail();
      const changed = await administration.change(id, { email: ` ${wanted} ` }, support);
      expect(changed.body).toMatchObject({ email: wanted, emailVerified: false });
      expectProblem(await server.api.profile(target.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(target.refreshToken), 401, 'SESSION_ENDED');
      expectProblem(
        await server.api.post('/api/auth/password/reset', { token, password: `${PASSWORD} 2` }),
        400,
        'ONE_TIME_TOKEN_INVALID',
      );
      expect(mails.last(email, 'email-changed')).toMatchObject({ newEmail: wanted });
      expect((await server.api.login(email)).status).toBe(401);
      expect((await server.api.login(wanted)).status).toBe(200);
      const events = await administration.events({ subject: id });
      const changes = events.filter(({ type }) => ['email.changed', 'session.ended'].includes(type));
      expect(changes.map(({ type, actor }) => [type, actor.id])).toEqual([
        ['session.ended', support.user.id],
        ['email.changed', support.user.id],
      ]);
      expect(JSON.stringify(events)).not.toContain(wanted);
    });

    it('say whether it is proved', async () => {
      const { id } = (await administration.user()).user;
      for (const emailVerified of [true, true, false]) {
        const { status, body } = await administration.change(id, { emailVerified }, support);
        expect([status, body.emailVerified]).toEqual([200, emailVerified]);
      }
      const events = await administration.events({ subject: id, type: 'user.changed' });
      expect(events.map(({ details }) => details)).toEqual([
        { fields: ['emailVerified'] },
        { fields: ['emailVerified'] },
      ]);
    });

    it('are refused where another has it, in any case, and nothing has changed', async () => {
      const { id, email } = (await administration.user()).user;
      const other = (await administration.user()).user;
      const json = { name: 'X', email: other.email.toUpperCase() };
      expectProblem(await administration.change(id, json, support), 409, 'EMAIL_TAKEN');
      expect((await administration.see(id)).body).toMatchObject({ email, name: null });
    });

    it('are made by no one to the own account, which asks for its password', async () => {
      for (const by of [administration.admin, support])
        for (const json of [{ email: uniqueEmail() }, { emailVerified: true }]) {
          const answer = await administration.change(by.user.id, json, by);
          expectProblem(answer, 400, 'VALIDATION_FAILED');
          expect(fieldsOf(answer)).toEqual(Object.keys(json));
        }
    });

    it('are refused to who has not all scopes of the user', async () => {
      const buyer = await administration.withScopes('orders:write');
      const json = { email: uniqueEmail() };
      expectProblem(await administration.change(buyer.user.id, json, support), 403, 'INSUFFICIENT_SCOPE');
      expect((await administration.change(buyer.user.id, json)).status).toBe(200);
    });

    it('are refused to who has not a role of the user that opens routes by its name alone', async () => {
      const { user } = await administration.user();
      const role = await administration.newRole([]);
      await administration.change(user.id, { roles: ['user', role] });
      for (const json of [{ email: uniqueEmail() }, { emailVerified: true }])
        expectProblem(await administration.change(user.id, json, support), 403, 'INSUFFICIENT_SCOPE');
      expect((await administration.change(user.id, { name: 'Grace' }, support)).status).toBe(200);
      expect((await administration.change(user.id, { email: uniqueEmail() })).status).toBe(200);
    });
  });

  describe('of whether the account is disabled', () => {
    it('end sessions and tokens, and let in again who is enabled', async () => {
      const target = await administration.user();
      const { id, email } = target.user;
      expect((await administration.change(id, { disabled: true }, support)).body.disabled).toBe(true);
      expectProblem(await server.api.profile(target.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(target.refreshToken), 401, 'SESSION_ENDED');
      expectProblem(await server.api.login(email), 403, 'ACCOUNT_DISABLED');
      expect((await administration.change(id, { disabled: false }, support)).body.disabled).toBe(false);
      expect((await server.api.login(email)).status).toBe(200);
      const events = await administration.events({ subject: id });
      const said = events.filter(({ type }) => /^user\.(dis|en)abled|session\.ended$/.test(type));
      expect(said.map(({ type, actor }) => [type, actor.id])).toEqual(
        ['user.enabled', 'session.ended', 'user.disabled'].map((type) => [type, support.user.id]),
      );
    });
  });

  describe('of roles', () => {
    it('are in force at the next request, and the session goes on with them', async () => {
      const target = await administration.user();
      const role = await administration.newRole(['users:read']);
      const granted = await administration.change(target.user.id, { roles: [role, 'user'] });
      expect(granted.body.roles).toEqual([role, 'user'].toSorted());
      expectProblem(await server.api.profile(target.accessToken), 401, 'TOKEN_REVOKED');
      const after = await refreshed(target);
      expect(decodeJwt(after.accessToken)['scope']).toContain('users:read');
      expect((await server.api.get('/api/admin/users', { token: after.accessToken })).status).toBe(200);
      expect((await administration.change(target.user.id, { roles: [] })).body.roles).toEqual([]);
      expectProblem(await server.api.profile(after.accessToken), 401, 'TOKEN_REVOKED');
      const events = await administration.events({ subject: target.user.id });
      expect(
        events.filter(({ type }) => type.startsWith('role.')).map(({ type, details }) => [type, details]),
      ).toEqual(
        expect.arrayContaining([
          ['role.granted', { role }],
          ['role.withdrawn', { role }],
          ['role.withdrawn', { role: 'user' }],
        ]),
      );
    });

    it('give and take nothing that the caller has not, to others or to themselves', async () => {
      const lead = await administration.withScopes('users:read', 'users:write', 'roles:write');
      const { id } = (await administration.user()).user;
      const mine = lead.user.roles.find((role) => role !== 'user') ?? '';
      const more = await administration.newRole(['users:read', 'keys:write']);
      const ofAShop = await administration.newRole(['orders:write']);
      const byName = await administration.newRole([]);
      for (const role of [more, ofAShop, byName, 'admin']) {
        for (const [target, roles] of [
          [id, ['user', role]],
          [lead.user.id, ['user', mine, role]],
        ] as const)
          expectProblem(await administration.change(target, { roles }, lead), 403, 'INSUFFICIENT_SCOPE');
        await administration.change(id, { roles: ['user', role] });
        expectProblem(await administration.change(id, { roles: ['user'] }, lead), 403, 'INSUFFICIENT_SCOPE');
        await administration.change(id, { roles: ['user'] });
      }
      expect((await administration.change(id, { roles: ['user', mine] }, lead)).status).toBe(200);
      expect((await administration.see(lead.user.id)).body.roles).toEqual([mine, 'user'].toSorted());
    });

    it('give administrators themselves no scope of an application', async () => {
      const { id } = administration.admin.user;
      const ofAShop = await administration.newRole(['orders:write']);
      const roles = ['admin', 'user', ofAShop];
      expectProblem(await administration.change(id, { roles }), 403, 'INSUFFICIENT_SCOPE');
    });

    it('are refused whole where one is none, or no list of names', async () => {
      const { id } = (await administration.user()).user;
      const role = await administration.newRole(['users:read']);
      for (const roles of [
        [role, 'no-such-role'],
        [role, role],
        [null],
        [{}],
        [''],
        'admin',
        {},
        null,
        [['admin']],
      ]) {
        const answer = await administration.change(id, { roles });
        expectProblem(answer, 400, 'VALIDATION_FAILED');
      }
      expect((await administration.see(id)).body.roles).toEqual(['user']);
    });
  });

  describe('refuse', () => {
    it('what is no field of a change, and what is none of its values', async () => {
      const { id } = (await administration.user()).user;
      const version = await administration.version(id);
      for (const json of [
        { id: randomUUID() },
        { passwordHash: 'x' },
        { password: PASSWORD },
        { createdAt: '2020-01-01T00:00:00.000Z' },
        { attributes: { a: 1 } },
        { disabledAt: null },
        { scopes: ['admins:write'] },
        { email: null },
        { email: 'nonsense' },
        { email: ['a@example.com'] },
        { emailVerified: 'true' },
        { disabled: 0 },
        { disabled: null },
        { name: '' },
        { name: 5 },
      ]) {
        const answer = await administration.change(id, json, support, version);
        expectProblem(answer, 400, 'VALIDATION_FAILED');
        expect(fieldsOf(answer)).toEqual(Object.keys(json));
      }
      expect(await administration.version(id)).toBe(version);
      expect((await administration.change(id, {}, support, version)).status).toBe(200);
    });

    it('bodies that are no JSON object, or hold what no field may', async () => {
      const { id } = (await administration.user()).user;
      const version = await administration.version(id);
      const send = (body?: string) =>
        server.api.request('PATCH', `/api/admin/users/${id}`, {
          token: support.accessToken,
          headers: { 'If-Match': version },
          ...(body !== undefined && { body }),
        });
      for (const body of ['{', '{"name":"X",}', "{'name':'X'}", '\0', 'name=X'])
        expectProblem(await send(body), 400, 'MALFORMED_JSON');
      for (const body of [
        undefined,
        '[]',
        '[{"name":"X"}]',
        'null',
        '"X"',
        '{"name":{"toString":"X"}}',
        '{"name":"\\ud800"}',
        '{"name":"a\\u0000b"}',
        `{"name":${JSON.stringify('x'.repeat(5_000))}}`,
        '{"email":{"$ne":null}}',
        '{"email":"a@example.com\\r\\nBcc: b@example.com"}',
        `{"roles":${'['.repeat(30)}${']'.repeat(30)}}`,
        `{"roles":${JSON.stringify(Array.from({ length: 51 }, (_, place) => `r${place}`))}}`,
      ])
        expectProblem(await send(body), 400, 'VALIDATION_FAILED');
      for (const body of [
        '{"__proto__":{"roles":["admin"]}}',
        '{"constructor":{"prototype":{"roles":["admin"]}}}',
      ])
        expect((await send(body)).status).toBe(400);
      expect(await administration.version(id)).toBe(version);
    });

    it('users that there are not', async () => {
      for (const id of [randomUUID(), 'nonsense', '%00']) {
        expectProblem(await administration.change(id, { name: 'X' }, support, '*'), 404, 'NOT_FOUND');
        expectProblem(
          await administration.ask('DELETE', `/api/admin/users/${id}`, support),
          404,
          'NOT_FOUND',
        );
        expectProblem(
          await administration.ask('POST', `/api/admin/users/${id}/unlock`, support),
          404,
          'NOT_FOUND',
        );
      }
    });

    it('to leave the service without an administrator', async () => {
      const { admin } = administration;
      const { users } = (
        await server.api.get<{ users: { id: string }[] }>('/api/admin/users?role=admin', {
          token: admin.accessToken,
        })
      ).body;
      for (const { id } of users.filter((other) => other.id !== admin.user.id))
        expect((await administration.ask('DELETE', `/api/admin/users/${id}`)).status).toBe(204);
      // One who has never had a password is none to rely on.
      await server.app.get(UsersRepository).create({
        name: null,
        email: uniqueEmail(),
        passwordHash: unsetPassword(),
        roles: ['admin'],
      });
      const { id } = admin.user;
      for (const json of [{ roles: ['user'] }, { disabled: true }, { name: 'X', roles: [] }])
        expectProblem(await administration.change(id, json), 409, 'LAST_ADMINISTRATOR');
      expectProblem(await administration.ask('DELETE', `/api/admin/users/${id}`), 409, 'LAST_ADMINISTRATOR');
      expect((await administration.see(id)).body).toMatchObject({ name: null, roles: ['admin', 'user'] });
    });
  });

  it('record of a name that it was changed, by whom, and no value', async () => {
    const { id } = (await administration.user()).user;
    await administration.change(id, { name: 'Grace Hopper' }, support);
    const [event] = await administration.events({ subject: id });
    expect(event).toMatchObject({
      type: 'user.changed',
      actor: { kind: 'user', id: support.user.id },
      details: { fields: ['name'] },
    });
    expect(JSON.stringify(event)).not.toContain('Grace');
  });

  it('delete a user with sessions, so that the address is free again', async () => {
    const target = await administration.user();
    const { id, email } = target.user;
    expect((await administration.ask('DELETE', `/api/admin/users/${id}`, support)).status).toBe(204);
    expectProblem(await server.api.profile(target.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(target.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    expectProblem(await administration.see(id), 404, 'NOT_FOUND');
    expect((await administration.user({ email })).user.id).not.toBe(id);
    const [event] = await administration.events({ subject: id, type: 'user.deleted' });
    expect(event?.actor).toEqual({ kind: 'user', id: support.user.id });
  });

  it('let a user try passwords again at once who had to wait', async () => {
    const { id, email } = (await administration.user()).user;
    for (let turn = 0; turn < 3; turn += 1) await server.api.login(email, 'wrong password');
    expectProblem(await server.api.login(email), 429, 'ACCOUNT_THROTTLED');
    expect((await administration.ask('POST', `/api/admin/users/${id}/unlock`, support)).status).toBe(204);
    expect((await server.api.login(email)).status).toBe(200);
    const [event] = await administration.events({ subject: id, type: 'user.unlocked' });
    expect(event?.actor).toEqual({ kind: 'user', id: support.user.id });
  });
});
