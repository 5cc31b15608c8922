import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import type { CapturedMails } from '../../support/captured-mails.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';
import { AccountFlows, statusesOf } from './account-flows.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

describeOnEachStore('An e-mail address', (environment) => {
  let flows: AccountFlows;
  let server: TestApp;
  let mails: CapturedMails;
  let account: SignedIn;
  let email: string;

  beforeAll(async () => {
    flows = await AccountFlows.start({ ...environment(), ACCESS_TOKEN_TTL: '10d' });
    ({ server, mails } = flows);
  });
  beforeEach(async () => {
    account = await flows.register({ name: 'Ada' });
    ({ email } = account.user);
  });
  afterAll(() => flows?.close());

  const verify = (token: string) => flows.verifyEmail(token);
  const confirm = (token: string) => flows.confirmEmail(token);
  const resend = () => server.api.post('/api/auth/email/resend', undefined, { token: account.accessToken });
  const change = (newEmail: string, password = PASSWORD, by = account) =>
    flows.changeEmail(by, newEmail, password);
  const profile = async () => (await server.api.profile(account.accessToken)).body;
  const changeToken = async (newEmail: string): Promise<string> => {
    expect((await change(newEmail)).status).toBe(202);
    return mails.token(newEmail, 'email-change');
  };

  describe('is verified', () => {
    it('by the link that registration mails, once', async () => {
      expect(account.user.emailVerified).toBe(false);
      const { link, name, expiresIn } = mails.last(email, 'email-verification');
      const { port } = new URL(server.url);
      expect(link).toMatch(new RegExp(`^http://localhost:${port}/verify-email#token=lk_ot_[\\w-]{43}$`));
      expect([name, expiresIn]).toEqual([null, DAY]);

      const token = mails.token(email, 'email-verification');
      expect((await verify(token)).status).toBe(204);
      expect((await profile()).emailVerified).toBe(true);
      expectProblem(await verify(token), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('within 24 hours', async () => {
      const token = mails.token(email, 'email-verification');
      server.clock.advance(DAY);
      expectProblem(await verify(token), 400, 'ONE_TIME_TOKEN_INVALID');
      expect((await profile()).emailVerified).toBe(false);
    });

    it('by any of the links, sent at most once a minute, and then by none', async () => {
      const older = mails.token(email, 'email-verification');
      expect((await resend()).status).toBe(202);
      expect(mails.to(email)).toHaveLength(1);
      server.clock.advance(MINUTE);
      expect((await resend()).status).toBe(202);
      expect(mails.to(email)).toHaveLength(2);

      expect((await verify(older)).status).toBe(204);
      const newer = mails.token(email, 'email-verification');
      expectProblem(await verify(newer), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('and then no further link is sent', async () => {
      await verify(mails.token(email, 'email-verification'));
      server.clock.advance(MINUTE);
      expect((await resend()).status).toBe(202);
      expect(mails.to(email)).toHaveLength(1);
    });

    it('by one of ten at once', async () => {
      const token = mails.token(email, 'email-verification');
      const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)));
      expect(statusesOf(answers)).toEqual([204, ...Array.from({ length: 9 }, () => 400)]);
    });

    it('by no link of another kind, of a disabled account, or to another address', async () => {
      const token = mails.token(email, 'email-verification');
      const newEmail = uniqueEmail();
      expectProblem(await verify(await changeToken(newEmail)), 400, 'ONE_TIME_TOKEN_INVALID');
      expectProblem(await confirm(token), 400, 'ONE_TIME_TOKEN_INVALID');
      const users = server.app.get(UsersRepository);
      await users.setDisabled(account.user.id, true);
      expectProblem(await verify(token), 400, 'ONE_TIME_TOKEN_INVALID');
      await users.setDisabled(account.user.id, false);

      const found = await users.findById(account.user.id);
      if (!found) throw new Error('no user');
      await users.changeEmail(found.id, found.email, newEmail);
      expectProblem(await verify(token), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('by nothing that is no token', async () => {
      for (const token of ['x', '\0', '😀', `lk_ot_${'A'.repeat(43)}`, 'é'.repeat(256)]) {
        expectProblem(await verify(token), 400, 'ONE_TIME_TOKEN_INVALID');
        expectProblem(await confirm(token), 400, 'ONE_TIME_TOKEN_INVALID');
      }
      expectProblem(await verify('x'.repeat(257)), 400, 'VALIDATION_FAILED');
    });
  });

  describe('is changed', () => {
    it('only once the new one is confirmed, with a notice to the old one', async () => {
      const newEmail = uniqueEmail().replace('user', 'Ada');
      const token = await changeToken(newEmail);
      const { port } = new URL(server.url);
      expect(mails.last(newEmail, 'email-change').link).toMatch(
        new RegExp(`^http://localhost:${port}/confirm-email#token=`),
      );
      expect((await profile()).email).toBe(email);
      expect(mails.to(email, 'email-changed')).toEqual([]);

      expect((await confirm(token)).status).toBe(204);
      expect(await profile()).toMatchObject({ email: newEmail, emailVerified: true });
      expect(mails.last(email, 'email-changed')).toEqual({ name: null, newEmail });
      expectProblem(await server.api.login(email), 401, 'INVALID_CREDENTIALS');
      expect((await server.api.login(newEmail.toUpperCase())).status).toBe(200);
      expect((await server.api.register({ email })).status).toBe(201);
      expectProblem(await confirm(token), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('needs the password', async () => {
      const newEmail = uniqueEmail();
      expectProblem(await change(newEmail, 'wrong password'), 401, 'INVALID_CREDENTIALS');
      expect(mails.to(newEmail)).toEqual([]);
    });

    it('and ends the sessions but the one that asked, and every other link', async () => {
      const other = (await server.api.login(email)).body;
      await flows.forgot(email);
      const stale = [mails.token(email, 'password-reset'), mails.token(email, 'email-verification')] as const;
      await confirm(await changeToken(uniqueEmail()));

      expectProblem(await server.api.profile(other.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(other.refreshToken), 401, 'SESSION_ENDED');
      expect((await server.api.refresh(account.refreshToken)).status).toBe(200);
      expectProblem(await flows.reset(stale[0]), 400, 'ONE_TIME_TOKEN_INVALID');
      expectProblem(await verify(stale[1]), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('by the newest link only, which is sent to another address at once', async () => {
      const older = await changeToken(uniqueEmail());
      const typo = uniqueEmail();
      const newer = await changeToken(typo);
      await change(typo);
      expect(mails.to(typo)).toHaveLength(1);

      expectProblem(await confirm(older), 400, 'ONE_TIME_TOKEN_INVALID');
      expect((await confirm(newer)).status).toBe(204);
    });

    it('to one that another user has is answered like any other, until its owner confirms it', async () => {
      const taken = (await server.api.register()).body.user.email;
      const token = await changeToken(taken);
      const answer = await confirm(token);

      expectProblem(answer, 409, 'EMAIL_TAKEN');
      expect(mails.to(email, 'email-changed')).toEqual([]);
      expect((await profile()).email).toBe(email);
      expect((await server.api.login(taken)).status).toBe(200);
    });

    it('to one that two want by the first who confirms, also at once', async () => {
      const wanted = uniqueEmail();
      const rival = (await server.api.register()).body;
      const token = await changeToken(wanted);
      expect((await change(wanted, PASSWORD, rival)).status).toBe(202);
      const answers = await Promise.all([confirm(token), confirm(mails.token(wanted, 'email-change'))]);

      expect(statusesOf(answers)).toEqual([204, 409]);
    });

    it('not after the password was changed or reset meanwhile', async () => {
      const token = await changeToken(uniqueEmail());
      await flows.changePassword(account);

      expectProblem(await confirm(token), 400, 'ONE_TIME_TOKEN_INVALID');
      expect((await profile()).email).toBe(email);
    });

    it('not of a disabled account', async () => {
      const token = await changeToken(uniqueEmail());
      await server.app.get(UsersRepository).setDisabled(account.user.id, true);
      expectProblem(await confirm(token), 400, 'ONE_TIME_TOKEN_INVALID');
    });

    it('at the same time as the password is reset without a deadlock', async () => {
      for (let round = 0; round < 10; round += 1) {
        const owner = await flows.register();
        const newEmail = uniqueEmail();
        await flows.changeEmail(owner, newEmail);
        await flows.forgot(owner.user.email);
        const answers = await Promise.all([
          flows.reset(mails.token(owner.user.email, 'password-reset')),
          confirm(mails.token(newEmail, 'email-change')),
        ]);
        expect(statusesOf(answers)).toEqual([204, 400]);
      }
    });
  });
});

describe('Links to addresses', () => {
  it('are limited by client as VERIFY_RATE_LIMIT, RESEND_RATE_LIMIT and REAUTHENTICATION_RATE_LIMIT say, each route with its own counter', async () => {
    const server = await startTestApp({
      environment: {
        VERIFY_RATE_LIMIT: '2/1m',
        RESEND_RATE_LIMIT: '2/1m',
        REAUTHENTICATION_RATE_LIMIT: '2/1m',
      },
    });
    const { accessToken: token } = (await server.api.register()).body;
    const routes: [string, object | undefined][] = [
      ['verify', { token: 'x' }],
      ['confirm', { token: 'x' }],
      ['resend', undefined],
      ['change', { email: uniqueEmail(), password: 'wrong' }],
    ];
    const last: Record<string, number> = {};
    for (const [name, json] of routes) {
      for (let count = 0; count < 3; count += 1) {
        last[`${name} ${count}`] = (await server.api.post(`/api/auth/email/${name}`, json, { token })).status;
      }
    }
    expect(last).toMatchObject({ 'verify 1': 400, 'verify 2': 429, 'confirm 1': 400, 'confirm 2': 429 });
    expect(last).toMatchObject({ 'resend 1': 202, 'resend 2': 429, 'change 1': 401, 'change 2': 429 });
    await server.close();
  });
});
