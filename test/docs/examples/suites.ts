import {
  attemptStoreContract,
  InMemoryAttemptStore,
  InMemoryRevocationStore,
  InMemoryUsersRepository,
  revocationStoreContract,
  usersRepositoryContract,
} from 'latchkey/testing';

/** With your own classes in place of those that keep all in memory. */
export function ourSuites(): void {
  usersRepositoryContract('LdapUsers', (clock) => new InMemoryUsersRepository(clock));
  attemptStoreContract('OurAttempts', (rule) => new InMemoryAttemptStore(rule));

  const store = new InMemoryRevocationStore();
  revocationStoreContract('OurRevocations', () => ({ instances: [store], clear: () => store.clear() }));
}
