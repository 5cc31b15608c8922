import Database from 'libsql';
import { usersRepositoryContract } from 'latchkey/testing';
import { SqliteUsers } from '../../docs/examples/sqlite-users.js';

// Under `node --test`.

usersRepositoryContract('users in SQLite', (clock) => {
  const db = new Database(':memory:');
  return { instances: [new SqliteUsers(db, clock)], close: () => db.close() };
});
