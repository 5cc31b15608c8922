import type { Clock } from '../../../common/clock.js';
import type { UsersRepository } from '../../../users/users.repository.js';
import { describe } from '../../runner/test-runner.js';
import { forEachTest, type Made } from '../contract-store.js';
import { addressTests } from './user-addresses.contract.js';
import { userAttributesContract } from './user-attributes.contract.js';
import { changeTests } from './user-changes.contract.js';
import { creationTests } from './user-creation.contract.js';
import { roleTests } from './user-roles.contract.js';
import { UsersUnderTest } from './users-under-test.js';

/**
 * What every `UsersRepository` must do. The roles `user` and `admin` are there, `admin` with `ADMIN_SCOPES`, `user` with
 * `profile:read` and `profile:write`.
 * @param name of the implementation, or of what it is kept in
 * @param make gives it, empty, with the clock that it is to write times by; or a store with several instances
 * @example
 * usersRepositoryContract('LdapUsers', (clock) => new LdapUsers(directory, clock));
 */
export function usersRepositoryContract(name: string, make: (clock: Clock) => Made<UsersRepository>): void {
  describe(name, () => {
    const tried = new UsersUnderTest();
    forEachTest(
      () => make(tried.clock),
      (store) => tried.open(store),
    );
    creationTests(tried);
    addressTests(tried);
    changeTests(tried);
    userAttributesContract(() => tried.store);
    roleTests(tried);
  });
}
