import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { AccountFlows, NEW_PASSWORD } from './account-flows.js';

const MINUTE = 60_000;

describe('An address that someone else registered or mistyped', () => {
  let flows: AccountFlows;

  beforeAll(async () => {
    flows = await AccountFlows.start({
      FORGOT_RATE_LIMIT: '9999/1m',
      VERIFY_RATE_LIMIT: '9999/1m',
      ACCOUNT_FAILURES: '3',
    });
  });
  afterAll(() => flows.close());

  const post = (path: string, json: object, token?: string) =>
    flows.server.api.post(`/api/auth/email/${path}`, json, token === undefined ? {} : { token });
  const profile = async ({ accessToken }: SignedIn) => (await flows.server.api.profile(accessToken)).body;

  /** The account, the link that was mailed, and where to send its token. */
  const links = {
    verify: async () => {
      const account = await flows.register();
      return { account, token: flows.mails.token(account.user.email, 'email-verification') };
    },
    confirm: async () => {
      const account = await flows.register();
      const email = uniqueEmail();
      await flows.changeEmail(account, email);
      return { account, token: flows.mails.token(email, 'email-change') };
    },
  };

  describe.each(['verify', 'confirm'] as const)('is not made good by the mailbox alone: %s', (path) => {
    it('needs the session or the password beside the token, which stays good', async () => {
      const { account, token } = await links[path]();
      const other = await flows.register();
      expectProblem(await post(path, { token }), 401, 'CREDENTIALS_NEEDED');
      expectProblem(await post(path, { token }, other.accessToken), 401, 'CREDENTIALS_NEEDED');
      const partners = await oauthToken(flows.server.app, 'partner', account.user.id, 'openid', 'email');
      expectProblem(await post(path, { token }, partners), 401, 'CREDENTIALS_NEEDED');
      expectProblem(await post(path, { token, password: 'wrong password' }), 401, 'INVALID_CREDENTIALS');
      expect((await profile(account)).email).toBe(account.user.email);
      expect((await profile(account)).emailVerified).toBe(false);
      expect((await post(path, { token, password: PASSWORD })).status).toBe(204);
      expect((await profile(account)).emailVerified).toBe(true);
    });

    it('takes the session', async () => {
      const { account, token } = await links[path]();
      expect((await post(path, { token }, account.accessToken)).status).toBe(204);
    });

    it('counts and records wrong passwords as a login does', async () => {
      const { account, token } = await links[path]();
      const codes = [];
      for (let turn = 0; turn < 5; turn += 1)
        codes.push(((await post(path, { token, password: `wrong ${turn}` })).body as { code: string }).code);
      expect(codes).toContain('ACCOUNT_THROTTLED');
      const recorded = () =>
        flows.server.api.get<{ events: { type: string }[] }>('/api/profile/audit', {
          token: account.accessToken,
        });
      // Three wrong passwords, and one that is not looked at.
      const expected = ['account.throttled', ...Array<string>(4).fill('login.failed')];
      await eventually(async () => {
        const types = (await recorded()).body.events.map(({ type }) => type);
        expect(types.filter((type) => expected.includes(type)).toSorted()).toEqual(expected);
      });
    });

    it('says nothing of credentials for a token that is not good', async () => {
      expectProblem(await post(path, { token: 'lk_ot_x' }), 400, 'ONE_TIME_TOKEN_INVALID');
    });
  });

  it('is its own again by a reset, which ends what the stranger opened', async () => {
    const stranger = await flows.register();
    const { email } = stranger.user;
    await flows.forgot(email);
    expect((await flows.reset(flows.mails.token(email, 'password-reset'))).status).toBe(204);
    expectProblem(await flows.server.api.profile(stranger.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await flows.server.api.refresh(stranger.refreshToken), 401, 'SESSION_ENDED');
    const owner = (await flows.server.api.login(email, NEW_PASSWORD)).body;
    expect(owner.user.emailVerified).toBe(true);
  });

  it('is greeted by no name until it is proved', async () => {
    const account = await flows.register({ name: 'You have won. Call 0900' });
    const { email } = account.user;
    expect(flows.mails.last(email, 'email-verification').name).toBeNull();
    await flows.forgot(email);
    expect(flows.mails.last(email, 'password-reset').name).toBeNull();
    const next = uniqueEmail();
    await flows.changeEmail(account, next);
    expect(flows.mails.last(next, 'email-change').name).toBeNull();

    const proved = await flows.register({ name: 'Ada' });
    await flows.verifyEmail(flows.mails.token(proved.user.email, 'email-verification'));
    await flows.forgot(proved.user.email);
    expect(flows.mails.last(proved.user.email, 'password-reset').name).toBe('Ada');
  });
});

describe('Links to set a new password', () => {
  let flows: AccountFlows;

  beforeAll(async () => {
    flows = await AccountFlows.start({ FORGOT_RATE_LIMIT: '9999/1m', RESET_TOKEN_TTL: '1d' });
  });
  afterAll(() => flows.close());

  const mailsTo = (email: string) => flows.mails.to(email, 'password-reset');

  it('stay good when a stranger asks for another, until one is used', async () => {
    const { user } = await flows.register();
    await flows.forgot(user.email);
    const first = flows.mails.token(user.email, 'password-reset');
    flows.server.clock.advance(2 * MINUTE);
    await flows.forgot(user.email);
    const second = flows.mails.token(user.email, 'password-reset');
    expect(second).not.toBe(first);
    expect((await flows.reset(first)).status).toBe(204);
    expectProblem(await flows.reset(second), 400, 'ONE_TIME_TOKEN_INVALID');
  });

  it('are sent less and less often: thirty on a day, however often they are asked for', async () => {
    const { user } = await flows.register();
    // Every minute until the wait has grown to an hour, and every ten minutes after that.
    for (let minute = 0, step = 1; minute < 24 * 60; minute += step) {
      step = minute < 150 ? 1 : 10;
      await flows.forgot(user.email);
      flows.server.clock.advance(step * MINUTE);
    }
    await eventually(async () => {
      expect(mailsTo(user.email).length).toBeGreaterThan(20);
      await Promise.resolve();
    });
    expect(mailsTo(user.email).length).toBeLessThanOrEqual(31);
  });
});
