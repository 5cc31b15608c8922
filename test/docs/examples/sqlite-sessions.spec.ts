import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionsRepository } from 'latchkey';
import { revocationStoreContract, sessionsRepositoryContract } from 'latchkey/testing';
import { uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { sessionsInSqlite } from './sqlite-sessions-application.js';
import { SqliteRevocations, SqliteSessions } from './sqlite-sessions.js';

sessionsRepositoryContract('sqlite-sessions.ts', () => {
  const db = new Database(':memory:');
  const instances = [new SqliteSessions(db), new SqliteSessions(db)] as const;
  return { instances, revocations: new SqliteRevocations(db), close: () => db.close() };
});

revocationStoreContract('SqliteRevocations', () => {
  const db = new Database(':memory:');
  return { instances: [new SqliteRevocations(db)], close: () => db.close() };
});

describe('sqlite-sessions-application.ts', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp(sessionsInSqlite(':memory:'));
  });
  afterAll(() => server.close());

  it('opens sessions in SQLite, moves them on, and ends them with their access tokens', async () => {
    const email = uniqueEmail();
    await server.api.register({ email });
    const { body: login } = await server.api.login(email);
    const { body: refreshed } = await server.api.refresh(login.refreshToken);
    expect((await server.api.profile(refreshed.accessToken)).status).toBe(200);
    expect(server.app.get(SessionsRepository)).toBeInstanceOf(SqliteSessions);

    const ended = await server.api.post('/api/auth/logout-all', undefined, { token: refreshed.accessToken });
    expect(ended.status).toBe(204);
    expect((await server.api.profile(refreshed.accessToken)).status).toBe(401);
    expect((await server.api.refresh(refreshed.refreshToken)).status).toBe(401);
  });
});
