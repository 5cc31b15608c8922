import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountRegistration } from '../../../src/auth/registration/account-registration.js';
import { UnitOfWork } from '../../../src/common/unit-of-work.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { AccountFlows } from './account-flows.js';

const CLIENT = { ip: null, userAgent: null, language: null, requestId: null };
const HOUR = 3_600_000;
const SETTINGS = { MAIL_RATE_LIMIT: '3/1h', MAIL_MIN_INTERVAL: '0s' };

describe('An address that strangers have mails sent to', () => {
  let flows: AccountFlows;
  const mailsTo = (address: string) => flows.mails.to(address).length;
  const times = async (count: number, action: () => Promise<unknown>) => {
    for (let time = 0; time < count; time += 1) await action();
  };

  describe('of accounts that are made at once', () => {
    beforeAll(async () => {
      flows = await AccountFlows.start({ ...SETTINGS, ACCESS_TOKEN_TTL: '1d' });
    });
    afterAll(() => flows?.close());

    const registerAndDelete = async (email: string, between?: (account: SignedIn) => Promise<unknown>) => {
      const answer = await flows.server.api.register({ email });
      expect(answer.status).toBe(201);
      await between?.(answer.body);
      expect((await flows.deleteAccount(answer.body)).status).toBe(204);
    };

    it('gets three an hour for accounts that are made and deleted again', async () => {
      const victim = uniqueEmail();
      await times(5, () => registerAndDelete(victim));
      expect(mailsTo(victim)).toBe(3);

      flows.server.clock.advance(HOUR);
      await registerAndDelete(victim);
      expect(mailsTo(victim)).toBe(4);
    });

    it('gets three an hour of all accounts that want to change to it, which are all answered alike', async () => {
      const victim = uniqueEmail();
      await times(3, async () => {
        const account = await flows.register();
        const answers = [
          await flows.changeEmail(account, victim),
          await flows.changeEmail(account, uniqueEmail()),
          await flows.changeEmail(account, victim.toUpperCase()),
        ];
        expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
      });
      expect(flows.mails.all.filter(({ to }) => to.toLowerCase() === victim)).toHaveLength(3);
    });

    it('gets its mail although passwords were refused before', async () => {
      const email = uniqueEmail();
      await times(4, async () => {
        expect((await flows.server.api.register({ email, password: 'password' })).status).toBe(400);
      });
      expect((await flows.server.api.register({ email })).status).toBe(201);
      expect(mailsTo(email)).toBe(1);
    });

    it('gets no more of accounts that the application makes', async () => {
      const victim = uniqueEmail();
      await times(2, () => registerAndDelete(victim));
      const registration = flows.server.app.get(AccountRegistration);
      await times(3, async () => {
        const made = await registration.prepare({ email: victim, password: PASSWORD }, CLIENT);
        const { id } = await flows.server.app.get(UnitOfWork).run((transaction) => made.within(transaction));
        await flows.server.app.get(UsersRepository).delete(id);
      });
      expect(mailsTo(victim)).toBe(3);
    });

    it('gets no more for links that are asked for again', async () => {
      const victim = uniqueEmail();
      await times(3, () =>
        registerAndDelete(victim, async ({ accessToken: token }) => {
          expect((await flows.server.api.post('/api/auth/email/resend', undefined, { token })).status).toBe(
            202,
          );
        }),
      );
      expect(mailsTo(victim)).toBe(3);
    });

    it('gets three an hour that reset passwords of such accounts, however many it had to prove itself', async () => {
      const victim = uniqueEmail();
      await times(5, () =>
        registerAndDelete(victim, async () => {
          expect((await flows.forgot(victim)).status).toBe(202);
        }),
      );
      expect(flows.mails.to(victim, 'password-reset')).toHaveLength(3);
    });

    it('gets every link to reset a password that its account is due, once it is proved', async () => {
      const { user } = await flows.register();
      await flows.verifyEmail(flows.mails.token(user.email, 'email-verification'));
      expect((await flows.server.app.get(UsersRepository).findById(user.id))?.emailVerifiedAt).toBeTruthy();
      await times(5, () => flows.forgot(user.email));
      expect(flows.mails.to(user.email, 'password-reset')).toHaveLength(5);
    });
  });

  describe('of accounts that are made once it is proved', () => {
    beforeAll(async () => {
      flows = await AccountFlows.start({ ...SETTINGS, REGISTRATION: 'verify-first' });
    });
    afterAll(() => flows?.close());

    it('gets three an hour', async () => {
      const victim = uniqueEmail();
      await times(5, async () => {
        expect((await flows.server.api.register({ email: victim })).status).toBe(202);
      });
      expect(mailsTo(victim)).toBe(3);
    });
  });
});
