import Database from 'libsql';
import { sessionsRepositoryContract, usersRepositoryContract } from 'latchkey/testing';
import { SqliteRevocations, SqliteSessions } from '../../docs/examples/sqlite-sessions.js';
import { SqliteUsers } from '../../docs/examples/sqlite-users.js';

// Under `node --test`.

usersRepositoryContract('users in SQLite', (clock) => {
  const db = new Database(':memory:');
  return { instances: [new SqliteUsers(db, clock)], close: () => db.close() };
});

sessionsRepositoryContract('sessions in SQLite', () => {
  const db = new Database(':memory:');
  const revocations = new SqliteRevocations(db);
  return { instances: [new SqliteSessions(db)], revocations, close: () => db.close() };
});
