import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UsersRepository } from 'latchkey';
import { usersRepositoryContract } from 'latchkey/testing';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { SqliteUsers } from './sqlite-users.js';
import { usersInSqlite } from './sqlite-users-application.js';

usersRepositoryContract('sqlite-users.ts', (clock) => {
  const db = new Database(':memory:');
  return { instances: [new SqliteUsers(db, clock)], close: () => db.close() };
});

describe('sqlite-users-application.ts', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp(usersInSqlite(':memory:'));
  });
  afterAll(() => server.close());

  it('registers users in SQLite, logs them in, and knows their profiles', async () => {
    const email = uniqueEmail();
    const { user } = (await server.api.register({ email })).body;
    const login = await server.api.login(email.toUpperCase());
    const refreshed = await server.api.refresh(login.body.refreshToken);

    expect((await server.api.profile(refreshed.body.accessToken)).body).toEqual(user);
    expect((await server.api.login(email, `not ${PASSWORD}`)).status).toBe(401);
    expect((await server.api.register({ email })).status).toBe(409);
    const users = server.app.get(UsersRepository);
    expect(users).toBeInstanceOf(SqliteUsers);
    expect((await users.findByEmail(email))?.id).toBe(user.id);
  });
});
