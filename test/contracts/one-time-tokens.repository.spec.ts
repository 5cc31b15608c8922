import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { InMemoryOneTimeTokensRepository, oneTimeTokensRepositoryContract } from '../../src/testing/index.js';
import { oneTimeTokens } from '../../src/tokens/one-time/one-time-tokens.table.js';
import { PostgresOneTimeTokensRepository } from '../../src/tokens/one-time/postgres-one-time-tokens.repository.js';
import { describeOnEachDatabase } from '../integration/database-under-test.js';
import { instancesOf } from './instances-of.js';

oneTimeTokensRepositoryContract(
  'InMemoryOneTimeTokensRepository',
  () => new InMemoryOneTimeTokensRepository(),
);

describeOnEachDatabase('PostgresOneTimeTokensRepository', (open) => {
  oneTimeTokensRepositoryContract('as a OneTimeTokensRepository', async () => {
    const database = await open(2);
    const [{ db }] = database.connections;
    return {
      instances: instancesOf(database.connections, (on) => new PostgresOneTimeTokensRepository(on.db)),
      clear: () => db.delete(oneTimeTokens),
      close: () => database.remove(),
    };
  });

  it('takes part in a transaction: rolled back, nothing was used, replaced or ended', async () => {
    const database = await open();
    const [connection] = database.connections;
    const tokens = new PostgresOneTimeTokensRepository(connection.db);
    const times = { createdAt: new Date(0), expiresAt: new Date(9e12) };
    const fields = { subject: 's', binding: 'b', payload: {}, sessionId: null, ...times };
    const used = { ...fields, id: randomUUID(), purpose: 'password-reset' as const, tokenHash: 'used' };
    const replaced = { ...fields, id: randomUUID(), purpose: 'invitation' as const, tokenHash: 'replaced' };
    await tokens.put(used, null);
    await tokens.put(replaced, null);
    const work = new DrizzleUnitOfWork(connection).run(async (transaction) => {
      expect(await tokens.take(used, new Date(0), transaction)).toBe(true);
      expect(await tokens.put({ ...replaced, tokenHash: 'new' }, null, transaction)).toBe(true);
      await tokens.delete('s', undefined, transaction);
      throw new Error('no');
    });

    await expect(work).rejects.toThrow('no');
    expect(await tokens.findAll('s', new Date(0))).toEqual([replaced, used]);
    await database.remove();
  });
});
