import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { PasswordHasher, type PasswordVerification } from '../../../src/auth/passwords/password-hasher.js';
import { DATABASE, type Database, DatabaseConnection } from '../../../src/database/database.js';
import { type Mail, NO_RECIPIENT } from '../../../src/mail/mail.js';
import { Outbox } from '../../../src/mail/outbox.js';
import { oneTimeTokens } from '../../../src/tokens/one-time/one-time-tokens.table.js';
import { noPassword } from '../../../src/users/user.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';
import { AccountFlows } from './account-flows.js';

/** Says what it was asked. */
class ObservedHasher extends PasswordHasher {
  readonly verified: (string | null)[] = [];

  hash(password: string): Promise<string> {
    return Promise.resolve(`hash of ${password}`);
  }

  verify(password: string, hash: string | null): Promise<PasswordVerification> {
    this.verified.push(hash);
    return Promise.resolve({ matches: hash === `hash of ${password}`, outdated: false });
  }
}

/** Keeps every mail, those to no one included. */
class WholeOutbox extends Outbox {
  readonly all: Mail[] = [];

  enqueue(mail: Mail): Promise<void> {
    this.all.push(mail);
    return Promise.resolve();
  }

  override discard(): Promise<void> {
    return Promise.resolve();
  }
}

describe('What an unknown address costs', () => {
  const hasher = new ObservedHasher();
  const outbox = new WholeOutbox();
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      providers: [
        { provide: PasswordHasher, useValue: hasher },
        { provide: Outbox, useValue: outbox },
      ],
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    hasher.verified.length = 0;
    outbox.all.length = 0;
  });

  it('at login is the verification of one password, as of a known one', async () => {
    expectProblem(await server.api.login(uniqueEmail(), PASSWORD), 401, 'INVALID_CREDENTIALS');
    expect(hasher.verified).toEqual([null]);
  });

  it('at a forgotten password is a mail to no one, of the same kind, and one whose password is kept elsewhere is told so', async () => {
    const { email } = (await server.api.register()).body.user;
    const elsewhere = uniqueEmail();
    const user = { name: null, email: elsewhere, passwordHash: noPassword(), roles: ['user'] };
    await server.app.get(UsersRepository).create(user);
    outbox.all.length = 0;
    const { db } = server.app.get(DatabaseConnection);
    const costs: unknown[] = [];
    for (const address of [email, uniqueEmail(), elsewhere]) {
      const before = await db.$count(oneTimeTokens);
      const { status, body } = await server.api.post('/api/auth/password/forgot', { email: address });
      costs.push([status, body, (await db.$count(oneTimeTokens)) - before]);
      // Once a while.
      await server.api.post('/api/auth/password/forgot', { email: address });
    }
    expect(costs).toEqual(costs.map(() => [202, '', 1]));
    expect(outbox.all.map(({ to, template }) => [to, template])).toEqual([
      [email, 'password-reset'],
      [NO_RECIPIENT, 'password-reset'],
      [elsewhere, 'password-elsewhere'],
    ]);
  });
});

describe('A link to reset the password, once the address is another', () => {
  let flows: AccountFlows;

  beforeAll(async () => {
    flows = await AccountFlows.start({});
  });
  afterAll(() => flows.close());

  it('is gone, since the change ends what was mailed', async () => {
    const account = await flows.register();
    const { id, email } = account.user;
    await flows.forgot(email);
    const next = uniqueEmail();
    await flows.changeEmail(account, next);
    await flows.confirmEmail(flows.mails.token(next, 'email-change'));
    const db = flows.server.app.get<Database>(DATABASE);
    expect(await db.$count(oneTimeTokens, eq(oneTimeTokens.subject, id))).toBe(0);
  });

  it('would be of no use if it were there, since it is bound to the address', async () => {
    const { user } = await flows.register();
    await flows.forgot(user.email);
    const token = flows.mails.token(user.email, 'password-reset');
    const users = flows.server.app.get(UsersRepository);
    const found = await users.findById(user.id);
    if (!found) throw new Error('There is no such user.');
    expect(await users.changeEmail(found.id, found.email, uniqueEmail())).toBe(true);
    expectProblem(await flows.reset(token), 400, 'ONE_TIME_TOKEN_INVALID');
  });
});
