import { users } from '../../src/users/users.table.js';
import { InMemoryUsersRepository, usersRepositoryContract } from '../../src/testing/index.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import { describeOnEachDatabase } from '../integration/database-under-test.js';
import { instancesOf } from './instances-of.js';

usersRepositoryContract('InMemoryUsersRepository', (clock) => new InMemoryUsersRepository(clock));

describeOnEachDatabase('PostgresUsersRepository', (open) => {
  usersRepositoryContract('as a UsersRepository', async (clock) => {
    const database = await open(3);
    const [first] = database.connections;
    return {
      instances: instancesOf(database.connections, (on) => new PostgresUsersRepository(on, clock)),
      clear: () => first.db.delete(users),
      close: () => database.remove(),
    };
  });
});
