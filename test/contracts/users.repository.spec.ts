import { users } from '../../src/users/users.table.js';
import { PostgresUsersRepository } from '../../src/users/postgres-users.repository.js';
import { describeOnEachDatabase } from '../integration/database-under-test.js';
import { usersRepositoryContract, type UsersStore } from './users.repository.contract.js';

describeOnEachDatabase('PostgresUsersRepository', (open) => {
  usersRepositoryContract(async (clock) => {
    const database = await open(3);
    const [first, ...others] = database.connections;
    const repositories: UsersStore['repositories'] = [
      new PostgresUsersRepository(first, clock),
      ...others.map((connection) => new PostgresUsersRepository(connection, clock)),
    ];
    return {
      repositories,
      clear: async () => void (await first.db.delete(users)),
      close: () => database.remove(),
    };
  });
});
