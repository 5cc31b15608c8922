import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { AccountRescueService } from '../../../src/admin/account-rescue.service.js';
import { UserAdministrationService } from '../../../src/admin/user-administration.service.js';
import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.js';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';
import { AccountFlows } from './account-flows.js';

describeOnEachStore('A link that was mailed', (environment) => {
  let flows: AccountFlows;
  let accounts: UserAdministrationService;
  let account: SignedIn;
  let email: string;

  beforeAll(async () => {
    flows = await AccountFlows.start({ ...environment(), REFRESH_GRACE: '0s' });
    accounts = flows.server.app.get(UserAdministrationService);
  });
  beforeEach(async () => {
    account = await flows.register();
    ({ email } = account.user);
  });
  afterAll(() => flows?.close());

  const api = () => flows.server.api;
  const linksOf = ({ user }: SignedIn) =>
    flows.server.app
      .get<Database>(DATABASE)
      .select()
      .from(oneTimeTokens)
      .where(eq(oneTimeTokens.subject, user.id));
  const purposesOf = async (owner: SignedIn) => (await linksOf(owner)).map(({ purpose }) => purpose);
  /** What an attacker with a stolen session and password asks for. @returns the token, and the address */
  const askForChange = async (by: Pick<SignedIn, 'accessToken'> = account) => {
    const address = uniqueEmail();
    expect((await flows.changeEmail(by, address)).status).toBe(202);
    return { address, token: flows.mails.token(address, 'email-change') };
  };
  const expectUnchanged = async ({ address, token }: { address: string; token: string }) => {
    expectProblem(await flows.confirmEmail(token), 400, 'ONE_TIME_TOKEN_INVALID');
    expectProblem(await api().login(address), 401, 'INVALID_CREDENTIALS');
    expect((await api().login(email)).status).toBe(200);
  };

  it('ends for good when the account is disabled: enabling it brings none back', async () => {
    const change = await askForChange();
    await flows.forgot(email);
    const reset = flows.mails.token(email, 'password-reset');
    await accounts.disable(email);
    expect(await linksOf(account)).toEqual([]);
    await accounts.enable(email);

    await expectUnchanged(change);
    expectProblem(await flows.reset(reset), 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('leaves nothing behind when an operator deletes the account', async () => {
    await askForChange();
    await accounts.delete(email);
    expect(await linksOf(account)).toEqual([]);
  });

  describe('to change the address ends with the session that asked, however that ends:', () => {
    const endings: [string, (other: SignedIn) => Promise<unknown>][] = [
      ['logout', () => api().post('/api/auth/logout', undefined, { token: account.accessToken })],
      ['logout-all', (other) => api().post('/api/auth/logout-all', undefined, { token: other.accessToken })],
      [
        'the user, who ends all others',
        (other) => api().request('DELETE', '/api/auth/sessions', { token: other.accessToken }),
      ],
      [
        'the user, who ends that one',
        async (other) => {
          const token = other.accessToken;
          const { body } = await api().get<{ id: string; current: boolean }[]>('/api/auth/sessions', {
            token,
          });
          const id = body.find(({ current }) => !current)?.id ?? '';
          await api().request('DELETE', `/api/auth/sessions/${id}`, { token });
        },
      ],
      ['an operator', () => flows.server.app.get(AccountRescueService).endSessions({ email })],
      [
        'the reuse of a refresh token',
        async () => {
          await api().refresh(account.refreshToken);
          await api().refresh(account.refreshToken);
        },
      ],
    ];

    it.each(endings)('%s', async (_, end) => {
      const other = (await api().login(email)).body;
      const change = await askForChange();
      await end(other);

      expect(await purposesOf(account)).toEqual(['email-verification']);
      await expectUnchanged(change);
    });

    it('while it was being asked for', async () => {
      const hasher = flows.server.app.get(PasswordHasher);
      const verify = hasher.verify.bind(hasher);
      jest.spyOn(hasher, 'verify').mockImplementationOnce(async (...args) => {
        await flows.server.app.get(AccountRescueService).endSessions({ email });
        return verify(...args);
      });
      await expectUnchanged(await askForChange());
    });

    it('and not with another', async () => {
      const other = (await api().login(email)).body;
      const { address, token } = await askForChange();
      await api().post('/api/auth/logout', undefined, { token: other.accessToken });

      expect((await flows.confirmEmail(token)).status).toBe(204);
      expect((await api().login(address)).status).toBe(200);
    });
  });

  it('is confirmed while every session is ended, again and again, without a deadlock', async () => {
    for (let round = 0; round < 8; round += 1) {
      const owner = await flows.register();
      await api().login(owner.user.email);
      const { token } = await askForChange(owner);
      const [confirmed, ended] = await Promise.all([
        flows.confirmEmail(token),
        api().post('/api/auth/logout-all', undefined, { token: owner.accessToken }),
      ]);
      expect([204, 400]).toContain(confirmed.status);
      expect([204, 401]).toContain(ended.status);
    }
  });
});
