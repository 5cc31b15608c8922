import type { CheckOutcome } from '../common/errors/latchkey-error.js';

/**
 * `accepting`: it has not been told to stop. `database`: it answers and takes writes. `sessions`: their store does. `keys`: it is known
 * which signing keys are good. `revocations`: it is known what is revoked. `hashQueue`: passwords are hashed; `busy` where as many wait as
 * may, and logins are told to come again while all else is served.
 */
export type ReadinessCheck = 'accepting' | 'database' | 'sessions' | 'keys' | 'revocations' | 'hashQueue';

/** What is checked, in this order. @internal */
export const READINESS_CHECKS: readonly ReadinessCheck[] = [
  'accepting',
  'database',
  'sessions',
  'keys',
  'revocations',
  'hashQueue',
];

/** Whether an instance can serve. */
export interface ReadinessReport {
  /** `unavailable`: a check has failed; send it no requests. */
  readonly status: 'ok' | 'unavailable';
  readonly checks: Readonly<Record<ReadinessCheck, CheckOutcome>>;
}

/** Whether this instance can serve: for `/health/ready`, and for a health route of the application's own. */
export abstract class Readiness {
  /** Asks all at once, and answers within two seconds. Why a check failed is told in the log, once until others do. */
  abstract check(): Promise<ReadinessReport>;
}
