import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PairwiseKey } from '../../src/oauth/clients/pairwise-key.js';
import { PairwiseSubjects } from '../../src/oauth/clients/pairwise-subjects.js';
import { oauthPairwiseKeys } from '../../src/oauth/clients/oauth-pairwise-keys.table.js';
import { DerivedKeys } from '../../src/secrets/derived-keys.js';
import { testConfig } from '../support/test-config.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';

const USER = 'b5f0a1f2-6a0c-4c3f-9f0e-0d4c1a7a2f11';
const SECTOR = 'shop.example.com';

describeOnEachDatabase('Pairwise subjects', (open) => {
  let database: DatabaseUnderTest;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database?.remove());

  const secretOf = (letter: string) => letter.repeat(32);
  const keysOf = (appSecret: string) => {
    const { tokens } = testConfig('unused');
    return new DerivedKeys({ ...tokens, appSecret: createSecretKey(Buffer.from(appSecret)) });
  };
  /** Of an instance that starts with the secret. */
  const subjectsWith = (appSecret: string) =>
    new PairwiseSubjects(new PairwiseKey(database.connections[0].db, keysOf(appSecret)));

  it('are what they were made with APP_SECRET, and stay so with another one', async () => {
    const before = await subjectsWith(secretOf('a')).subjectIn(SECTOR, USER);
    expect(await subjectsWith(secretOf('b')).subjectIn(SECTOR, USER)).toBe(before);
    const [row] = await database.connections[0].db.select().from(oauthPairwiseKeys);
    const derived = keysOf(secretOf('a')).derive('pairwise-subjects').current;
    expect(row?.key).toBe(derived.export().toString('base64url'));
  });

  it('are the same on all instances that need the first of them at once', async () => {
    await database.connections[0].db.delete(oauthPairwiseKeys);
    const instances = Array.from({ length: 10 }, (_, index) => subjectsWith(secretOf(String(index))));
    const seen = await Promise.all(instances.map((instance) => instance.subjectIn(SECTOR, USER)));
    expect(new Set(seen).size).toBe(1);
  });
});
