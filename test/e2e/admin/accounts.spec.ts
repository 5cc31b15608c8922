import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { RevocationService } from '../../../src/tokens/revocation/revocation.service.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, type SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

describeOnEachStore('What operators do with accounts', (environment) => {
  let server: TestApp;
  let accounts: UserAdministrationService;

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
    accounts = server.app.get(UserAdministrationService);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await server.close();
  });

  const register = async () => (await server.api.register()).body;
  const refreshed = async ({ refreshToken }: Pick<SignedIn, 'refreshToken'>) => {
    const answer = await server.api.refresh(refreshToken);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const admin = (token: string) => server.api.get('/api/admin', { token });

  it('a role that is granted kills the tokens of before at the next request, and the session goes on with it', async () => {
    const before = await register();
    expectProblem(await admin(before.accessToken), 403, 'INSUFFICIENT_ROLE');
    await accounts.grantRole(before.user.email, 'admin');

    expectProblem(await admin(before.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.profile(before.accessToken), 401, 'TOKEN_REVOKED');
    const after = await refreshed(before);
    expect((await admin(after.accessToken)).status).toBe(200);
    expect(decodeJwt(after.accessToken)['roles']).toEqual(['admin', 'user']);
    expect((await admin((await server.api.login(before.user.email)).body.accessToken)).status).toBe(200);
    await accounts.withdrawRole(before.user.email, 'admin');
  });

  it('a role that is withdrawn does, too', async () => {
    const before = await register();
    await accounts.grantRole(before.user.email, 'admin');
    const asAdmin = await refreshed(before);
    expect((await admin(asAdmin.accessToken)).status).toBe(200);
    await accounts.withdrawRole(before.user.email, 'admin');

    expectProblem(await admin(asAdmin.accessToken), 401, 'TOKEN_REVOKED');
    const after = await refreshed(asAdmin);
    expectProblem(await admin(after.accessToken), 403, 'INSUFFICIENT_ROLE');
    expect((await server.api.profile(after.accessToken)).status).toBe(200);
  });

  it('all of it works within one second, again and again', async () => {
    const now = Math.ceil(server.clock.now() / 1000) * 1000;
    jest.spyOn(server.clock, 'now').mockImplementation(() => now);
    let tokens: Pick<SignedIn, 'refreshToken' | 'accessToken'> = await register();
    const { email } = (await server.api.profile(tokens.accessToken)).body;
    for (const change of ['grantRole', 'withdrawRole', 'grantRole', 'withdrawRole'] as const) {
      await accounts[change](email, 'admin');
      expectProblem(await admin(tokens.accessToken), 401, 'TOKEN_REVOKED');
      tokens = await refreshed(tokens);
      expect((await admin(tokens.accessToken)).status).toBe(change === 'grantRole' ? 200 : 403);
    }
  });

  it('lets time go by between revocations in one second, so that no new token bears a time of more than a second ahead', async () => {
    let tokens: Pick<SignedIn, 'refreshToken' | 'accessToken'> = await register();
    const { email } = (await server.api.profile(tokens.accessToken)).body;
    for (const change of ['grantRole', 'withdrawRole', 'grantRole', 'withdrawRole'] as const) {
      await accounts[change](email, 'admin');
      tokens = await refreshed(tokens);
      const ahead = Number(decodeJwt(tokens.accessToken).iat) * 1000 - server.clock.now();
      expect(ahead).toBeLessThanOrEqual(1000);
    }
  });

  it('a refresh that read the roles before the change gives a token that is dead', async () => {
    const before = await register();
    await accounts.grantRole(before.user.email, 'admin');
    const users = server.app.get(UsersRepository);
    // Else the user is read with the rotation, unless that is in the moment of the grant.
    jest.replaceProperty(users, 'reading', undefined);
    const findById = users.findById.bind(users);
    jest.spyOn(users, 'findById').mockImplementationOnce(async (id) => {
      const user = await findById(id);
      await accounts.withdrawRole(before.user.email, 'admin');
      return user;
    });
    const stale = await refreshed(before);

    expect(decodeJwt(stale.accessToken)['roles']).toEqual(['admin', 'user']);
    expectProblem(await admin(stale.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await admin((await refreshed(stale)).accessToken), 403, 'INSUFFICIENT_ROLE');
  });

  it('a user who is deleted is gone with all their tokens', async () => {
    const { user, ...tokens } = await register();
    const other = (await server.api.login(user.email)).body;
    await accounts.delete(user.email.toUpperCase());

    for (const { accessToken, refreshToken } of [tokens, other]) {
      expectProblem(await server.api.profile(accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(refreshToken), 401, 'REFRESH_TOKEN_INVALID');
    }
    const [gone, unknown] = [
      await server.api.login(user.email),
      await server.api.login('nobody@example.com'),
    ];
    expect([gone.status, gone.body]).toEqual([401, unknown.body]);
    await expect(accounts.delete(user.email)).rejects.toThrow('There is no user with this e-mail address.');

    const again = (await server.api.register({ email: user.email })).body;
    expect(again.user.id).not.toBe(user.id);
    expect((await server.api.profile(again.accessToken)).status).toBe(200);
    expectProblem(await server.api.refresh(tokens.refreshToken), 401, 'REFRESH_TOKEN_INVALID');
  });

  it('disabling kills a token of a session that was opened while all were ended', async () => {
    const { user, refreshToken } = await register();
    const users = server.app.get(UsersRepository);
    const setDisabled = users.setDisabled.bind(users);
    let late: SignedIn | undefined;
    // The login read the account before it was disabled, and opens its session after all others have ended.
    jest.spyOn(users, 'setDisabled').mockImplementationOnce(() => Promise.resolve(true));
    const revocations = server.app.get(RevocationService);
    const revokeSubject = revocations.revokeSubject.bind(revocations);
    jest.spyOn(revocations, 'revokeSubject').mockImplementationOnce(async (subject) => {
      late = (await server.api.login(user.email)).body;
      await setDisabled(user.id, true);
      await revokeSubject(subject);
    });
    await accounts.disable(user.email);

    expectProblem(await server.api.profile(late?.accessToken ?? ''), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(late?.refreshToken ?? ''), 403, 'ACCOUNT_DISABLED');
    expectProblem(await server.api.refresh(refreshToken), 401, 'SESSION_ENDED');
  });

  it('a token that is revoked by its id dies alone', async () => {
    const first = await register();
    const second = await refreshed(first);
    await server.app.get(RevocationService).revokeToken(String(decodeJwt(first.accessToken).jti));

    expectProblem(await server.api.profile(first.accessToken), 401, 'TOKEN_REVOKED');
    expect((await server.api.profile(second.accessToken)).status).toBe(200);
  });

  it('all tokens revoked at once die, and every session goes on', async () => {
    const all = [await register(), await register()];
    await server.app.get(RevocationService).revokeSubject(all[0]?.user.id ?? '');
    all[0] = { ...(await refreshed(all[0] as SignedIn)), user: (all[0] as SignedIn).user };
    await server.app.get(RevocationService).revokeAll();

    for (const tokens of all) {
      expectProblem(await server.api.profile(tokens.accessToken), 401, 'TOKEN_REVOKED');
      const { accessToken } = await refreshed(tokens);
      expect((await server.api.profile(accessToken)).status).toBe(200);
    }
  });

  describe('refuses', () => {
    it('to leave the service without an administrator, and changes nothing', async () => {
      const email = server.initialAdmin?.email ?? '';
      const session = (await server.api.login(email, server.initialAdmin?.password)).body;
      await expect(accounts.delete(email)).rejects.toThrow('This is the last administrator');
      await expect(accounts.withdrawRole(email, 'admin')).rejects.toThrow('This is the last administrator');

      expect((await server.api.refresh(session.refreshToken)).status).toBe(200);
    });

    it('roles and users that do not exist', async () => {
      const { user, accessToken } = await register();
      await expect(accounts.grantRole(user.email, 'root')).rejects.toThrow('There is no such role.');
      await expect(accounts.grantRole('nobody@example.com', 'admin')).rejects.toThrow('no user');
      expect((await server.api.login(user.email, PASSWORD)).status).toBe(200);
      expect((await server.api.profile(accessToken)).status).toBe(200);
    });
  });
});
