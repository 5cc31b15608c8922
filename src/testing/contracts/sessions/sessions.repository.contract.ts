import type { Clock } from '../../../common/clock.js';
import { FakeClock } from '../../fake-clock.js';
import { describe } from '../../runner/test-runner.js';
import { forEachTestWith } from '../contract-store.js';
import { creationTests } from './session-creation.contract.js';
import { endingTests } from './session-ending.contract.js';
import { eraTests } from './session-eras.contract.js';
import { grantTests } from './session-grants.contract.js';
import { listTests } from './session-lists.contract.js';
import { rotationTests } from './session-rotation.contract.js';
import { T0 } from './session-samples.js';
import { type SessionsContractStore, SessionsUnderTest } from './sessions-under-test.js';
import { manySessionsTests } from './very-many-sessions.contract.js';

/**
 * What every `SessionsRepository` must do: rotation, expiry, endings, eras and grants, races included.
 * @param name of the implementation, or of what it is kept in
 * @param make gives a store of it with what reads the revocations that it records, and with the clock that they may be read by
 * @example
 * sessionsRepositoryContract('InMemorySessionsRepository', () => {
 *   const revocations = new InMemoryRevocationStore();
 *   return { instances: [new InMemorySessionsRepository(revocations)], revocations };
 * });
 */
export function sessionsRepositoryContract(
  name: string,
  make: (clock: Clock) => SessionsContractStore | Promise<SessionsContractStore>,
): void {
  describe(name, () => {
    const tried = new SessionsUnderTest();
    forEachTestWith(
      () => make(new FakeClock(T0)),
      (store) => tried.open(store),
    );
    creationTests(tried);
    listTests(tried);
    rotationTests(tried);
    endingTests(tried);
    eraTests(tried);
    grantTests(tried);
    manySessionsTests(tried);
  });
}
