import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { type Database, DATABASE } from '../../../src/database/database.js';
import { users } from '../../../src/users/users.table.js';
import { FOREIGN_HASHES, type ForeignHash } from '../../support/foreign-hashes.js';
import { uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

const CURRENT = /^\$bcrypt-sha256\$v=2,t=2b,r=4\$/;
/** The last of each format: of those whose password is more than ASCII where there is one. */
const ONE_OF_EACH = [...new Map(FOREIGN_HASHES.map((vector) => [vector.format, vector])).values()];

describe('A user who was brought along with the hash of another system', () => {
  let server: TestApp;
  let db: Database;

  beforeAll(async () => {
    server = await startTestApp();
    db = server.app.get<Database>(DATABASE);
  });
  afterAll(async () => {
    await server.close();
  });

  const bring = async (passwordHash: string): Promise<string> => {
    const email = uniqueEmail();
    await server.api.register({ email });
    await db.update(users).set({ passwordHash }).where(eq(users.email, email));
    return email;
  };
  const storedHash = async (email: string) => {
    const [row] = await db.select({ hash: users.passwordHash }).from(users).where(eq(users.email, email));
    return row?.hash;
  };

  it.each(ONE_OF_EACH)(
    '$format: logs in with the password as it is, and by a current hash from then on',
    async ({ password, hash }: ForeignHash) => {
      const email = await bring(hash);
      expectProblem(await server.api.login(email, `${password}!`), 401, 'INVALID_CREDENTIALS');
      expect(await storedHash(email)).toBe(hash);

      expect((await server.api.login(email, password)).status).toBe(200);
      const upgraded = await storedHash(email);
      expect(upgraded).toMatch(CURRENT);
      expect((await server.api.login(email, password)).status).toBe(200);
      expect(await storedHash(email)).toBe(upgraded);
      expectProblem(await server.api.login(email, `${password}!`), 401, 'INVALID_CREDENTIALS');
    },
  );

  it.each([
    ['bcrypt', '$2b$31$' + 'a'.repeat(53)],
    ['Argon2', '$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$ZGlnZXN0ZGlnZXN0'],
    ['PBKDF2', '$pbkdf2-sha512$4294967295$c2FsdHNhbHQ$ZGlnZXN0ZGlnZXN0ZGlnZXN0'],
    ['SHA-crypt', '$6$rounds=999999999$salt$' + 'a'.repeat(86)],
  ])('%s of absurd cost: is not let in, and no check is begun', async (_, hash) => {
    expectProblem(await server.api.login(await bring(hash), 'any password'), 401, 'INVALID_CREDENTIALS');
  });
});
