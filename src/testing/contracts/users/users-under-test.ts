import type { UsersRepository } from '../../../users/users.repository.js';
import { FakeClock } from '../../fake-clock.js';
import { callsAtOnce, type ContractStore } from '../contract-store.js';

/** The users of the test that runs, and the clock that they are written by. */
export class UsersUnderTest {
  readonly clock = new FakeClock('2030-01-01T00:00:00.000Z');
  private opened: ContractStore<UsersRepository> | undefined;

  open(store: ContractStore<UsersRepository>): void {
    this.opened = store;
  }

  get store(): ContractStore<UsersRepository> {
    if (!this.opened) throw new Error('No store of users is open.');
    return this.opened;
  }

  get instances(): readonly UsersRepository[] {
    return this.store.instances;
  }

  get users(): UsersRepository {
    return this.store.instances[0];
  }

  /** The same call on each instance in turn, all at once. */
  atOnce<T>(
    times: number,
    call: (repository: UsersRepository, index: number) => Promise<T>,
  ): Promise<PromiseSettledResult<T>[]> {
    return Promise.allSettled(callsAtOnce(this.store, times, call));
  }
}
