import { StoreCircuitBreaker } from '../../src/throttling/store/store-circuit-breaker.js';

/** Waits for the store of the limits as long as it takes: on a busy machine one that is well is slow, too. */
export class PatientStores extends StoreCircuitBreaker {
  override async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    return question().catch(() => undefined);
  }
}

/** For a test that is about a store which is gone, or hangs. */
export const IMPATIENT_STORES = { provide: StoreCircuitBreaker, useClass: StoreCircuitBreaker };
