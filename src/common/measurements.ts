import { Injectable } from './nest.js';

/**
 * How a refresh token was answered: `rotated`; `repeated`, with the same successor, within the grace; refused as `reused`, `ended`,
 * `expired` or `invalid`; `failed`, since a store did.
 */
export type RefreshOutcome = 'rotated' | 'repeated' | 'reused' | 'ended' | 'expired' | 'invalid' | 'failed';

/** How a revocation became known: by a message of the instance that made it, or by a reading of the store. */
export type RevocationSource = 'message' | 'reading';

/** How an OAuth client was told of a logout. */
export type LogoutOutcome = 'told' | 'failed' | 'given_up';

/** What a thread did with a password. */
export type HashOperation = 'hash' | 'verify';

/**
 * Is told what is worth counting and what `AuthEvents` does not tell of. Called on the way of a request: neither slow nor throwing.
 * Does nothing unless replaced; the option `metrics` does. Durations are milliseconds.
 */
@Injectable()
export class Measurements {
  /** A refresh token was presented. */
  refreshAnswered(_outcome: RefreshOutcome): void {}

  /** A revocation that was made elsewhere is known here, so long after it was made. */
  revocationLearned(_source: RevocationSource, _lag: number): void {}

  /** A password was hashed or verified, after it waited for a thread. */
  passwordHashed(_operation: HashOperation, _waited: number, _took: number): void {}

  /** An OAuth client was to be told of a logout. `given_up`: it is not told any more. */
  logoutTold(_outcome: LogoutOutcome): void {}

  /**
   * A request to the authorization server was refused, or failed. `route`: a template, e.g. `/oauth/token`; `error`: the code that the
   * client is told, e.g. `invalid_grant`.
   */
  oauthRefused(_route: string, _error: string): void {}

  /**
   * A request was refused, since a quota is spent, or wrong passwords were too many. `counter`: which quota, e.g. `login`, or what has to
   * wait, e.g. `account`; never whose.
   */
  quotaSpent(_counter: string): void {}
}
