import type { Transaction, Write } from '../../common/unit-of-work.js';
import type { OneTimePurpose, OneTimeToken } from './one-time-token.js';

/** What a token must be for its use to count. */
export type ExpectedOneTimeToken = Pick<OneTimeToken, 'tokenHash' | 'purpose' | 'subject' | 'binding'>;

/** Where one-time tokens are kept. It passes `oneTimeTokensRepositoryContract` of `latchkey/testing`. */
export abstract class OneTimeTokensRepository {
  /**
   * Keeps the token in place of the subject's older one of the same purpose, in one atomic step.
   * @param notSince leaves everything as it is if the older one was issued after this time with the same binding; the time
   *   from there to the token's doubles with each of the last day that stays beside it, up to an hour. Null: never
   * @returns whether it is kept
   */
  abstract put(token: OneTimeToken, notSince: Date | null, transaction?: Transaction): Promise<boolean>;

  /** `put` of a subject's first token, to be done together with others: by itself, unless a repository overrides it. */
  puttingFirst(token: OneTimeToken): Write {
    return { within: (transaction) => this.put(token, null, transaction) };
  }

  /**
   * Lets the subject's token of the purpose stay good beside the one that is put next, unless it was issued after
   * `notSince`, as `put` takes it. To be called in one transaction with `put`.
   */
  abstract keepOlder(
    subject: string,
    purpose: OneTimePurpose,
    notSince: Date | null,
    now: Date,
    transaction?: Transaction,
  ): Promise<void>;

  /** The token with this hash, if it is of this purpose and has not expired. It stays. */
  abstract find(tokenHash: string, purpose: OneTimePurpose, now: Date): Promise<OneTimeToken | undefined>;

  /**
   * Uses the token up, in one atomic step, if it is all that is expected and has not expired.
   * @returns whether it was this call that used it; also of several at once one does
   */
  abstract take(expected: ExpectedOneTimeToken, now: Date, transaction?: Transaction): Promise<boolean>;

  /** The subject's tokens that have not expired, by purpose. */
  abstract findAll(subject: string, now: Date): Promise<OneTimeToken[]>;

  /**
   * Tokens of a purpose that have not expired, the newest first.
   * @param page `before` is the id of the last one of the page before
   */
  abstract list(
    purpose: OneTimePurpose,
    page: { readonly limit: number; readonly before: string | undefined },
    now: Date,
  ): Promise<OneTimeToken[]>;

  /** Ends one that has not expired. @returns what it was; undefined if there was none: of several at once one gets it */
  abstract withdraw(
    id: string,
    purpose: OneTimePurpose,
    now: Date,
    transaction?: Transaction,
  ): Promise<OneTimeToken | undefined>;

  /** Ends what the subject's sessions asked for: of some of them, or of all but one. */
  abstract endWithSessions(
    subject: string,
    sessions: { readonly only: readonly string[] } | { readonly except: string | undefined },
    transaction?: Transaction,
  ): Promise<void>;

  /**
   * Deletes the subject's tokens.
   * @param purposes undefined: of all purposes
   */
  abstract delete(
    subject: string,
    purposes?: readonly OneTimePurpose[],
    transaction?: Transaction,
  ): Promise<void>;
}
