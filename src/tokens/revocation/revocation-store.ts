import type { Transaction } from '../../common/unit-of-work.js';
import type { Revocation } from './revocation.js';

/** Whose token it is, and which. */
export interface TokenIdentity {
  readonly sessionId: string;
  readonly subject: string;
  readonly tokenId: string;
  /** Milliseconds, from whole seconds. */
  readonly issuedAt: number;
}

/**
 * What is revoked, for all instances. The entries of a session and of an era are written by what ends the sessions, in the
 * same step; the others through `add`.
 */
export abstract class RevocationStore {
  /** Whether other processes write to the store, so that it must be read again and again. */
  abstract readonly shared: boolean;
  /**
   * Records it, durably. One for the same subject that names the same time or a later one is moved on by a second: tokens
   * issued between the two bear that time.
   * @param transaction what it is part of, if revocations are kept in the same database; elsewhere it holds at once
   * @returns what holds now
   */
  abstract add(revocation: Revocation, transaction?: Transaction): Promise<Revocation>;
  /** All that are kept, some longer than they are needed: the clock of the process that reads them may be ahead. */
  abstract all(): Promise<Revocation[]>;
  /** At least those recorded in the last so many milliseconds, by the store's clock. */
  abstract recent(window: number): Promise<Revocation[]>;
  /** Asks about one token, for `REVOCATION_CHECK=store`. */
  abstract isRevoked(token: TokenIdentity): Promise<boolean>;
}
