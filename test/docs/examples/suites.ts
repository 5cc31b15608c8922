import {
  attemptStoreContract,
  InMemoryAttemptStore,
  InMemoryRevocationStore,
  InMemorySessionsRepository,
  InMemoryUsersRepository,
  revocationStoreContract,
  sessionsRepositoryContract,
  usersRepositoryContract,
} from 'latchkey/testing';

/** With your own classes in place of those that keep all in memory. */
export function ourSuites(): void {
  usersRepositoryContract('LdapUsers', (clock) => new InMemoryUsersRepository(clock));
  attemptStoreContract('OurAttempts', (rule) => new InMemoryAttemptStore(rule));

  const store = new InMemoryRevocationStore();
  revocationStoreContract('OurRevocations', () => ({ instances: [store], clear: () => store.clear() }));

  sessionsRepositoryContract('OurSessions', () => {
    const revocations = new InMemoryRevocationStore(); // or what else reads what ending sessions records
    return { instances: [new InMemorySessionsRepository(revocations)], revocations };
  });
}
