import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { AfterCommitError } from '../../src/common/after-commit.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { handleIn } from '../../src/database/handle-in.js';
import { InMemoryUnitOfWork } from '../../src/testing/index.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import type { User } from '../../src/users/user.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

describeOnEachDatabase('A unit of work', (open) => {
  let database: DatabaseUnderTest;
  let users: PostgresUsersRepository;
  let unitOfWork: DrizzleUnitOfWork;
  let user: User;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    const [connection] = database.connections;
    users = new PostgresUsersRepository(connection, new ManualClock());
    unitOfWork = new DrizzleUnitOfWork(connection);
  });

  beforeEach(async () => {
    count += 1;
    user = await users.create({ name: null, email: `u${count}@example.com`, passwordHash: 'old', roles: [] });
  });

  afterAll(() => database.remove());

  const replacement = { passwordHash: 'new', passwordChangeRequired: false };
  const passwordHash = async () => (await users.findById(user.id))?.passwordHash;

  it('commits what happened in it, then does what was to follow, in order', async () => {
    const order: (string | undefined)[] = [];
    const result = await unitOfWork.run(async (transaction) => {
      transaction.afterCommit(async () => void order.push(await passwordHash()));
      transaction.afterCommit(() => Promise.resolve(void order.push('second')));
      await users.replacePassword(user.id, 'old', replacement, transaction);
      order.push('work');
      return 42;
    });
    expect([result, order]).toEqual([42, ['work', 'new', 'second']]);
  });

  it('does all that was to follow, also after something of it failed, and says that it is committed all the same', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const done: string[] = [];
    const failure = new Error('not told');
    const work = unitOfWork.run(async (transaction) => {
      transaction.afterCommit(() => Promise.resolve(void done.push('first')));
      transaction.afterCommit(() => Promise.reject(failure));
      transaction.afterCommit(() => Promise.reject(new Error('nor this')));
      transaction.afterCommit(() => Promise.resolve(void done.push('last')));
      await users.replacePassword(user.id, 'old', replacement, transaction);
      return 42;
    });
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AfterCommitError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/is committed/),
      cause: failure,
      result: 42,
    });
    expect([await passwordHash(), done]).toEqual(['new', ['first', 'last']]);
    expect(logged.mock.calls).toEqual([['What was to follow a commit has failed: nor this']]);
    logged.mockRestore();
  });

  it('gives a handle for statements of a team, and none for a transaction that is not of this database', async () => {
    const [{ db }] = database.connections;
    const statement = sql<object>`select set_config('latchkey.place', 'within', true)`;
    const place = sql`select current_setting('latchkey.place', true) as place`;
    await unitOfWork.run(async (transaction) => {
      await handleIn(db, transaction).execute(statement);
      expect(await handleIn(db, transaction).execute(place)).toMatchObject({ rows: [{ place: 'within' }] });
      expect(() => handleIn({}, transaction)).toThrow(/not that of the transaction/);
    });
    await new InMemoryUnitOfWork().run((transaction) => {
      expect(() => handleIn(db, transaction)).toThrow(/not one of the database/);
      return Promise.resolve();
    });
  });

  it('leaves nothing of what happened in it if it fails, and does not do what was to follow', async () => {
    let followed = false;
    const work = unitOfWork.run(async (transaction) => {
      transaction.afterCommit(() => Promise.resolve(void (followed = true)));
      expect(await users.replacePassword(user.id, 'old', replacement, transaction)).toBe(true);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect([await passwordHash(), followed]).toEqual(['old', false]);
  });

  it('rejects where a failure in it was overheard, and the database commits nothing', async () => {
    let followed = false;
    const work = unitOfWork.run(async (transaction) => {
      transaction.afterCommit(() => Promise.resolve(void (followed = true)));
      await users.replacePassword(user.id, 'old', replacement, transaction);
      const { email } = user;
      const again = users.create({ name: null, email, passwordHash: 'h', roles: [] }, transaction);
      await again.catch(() => undefined);
    });
    await expect(work).rejects.toThrow(/transaction/);
    expect([await passwordHash(), followed]).toEqual(['old', false]);
  });
});
