import type { Transaction } from '../common/unit-of-work.js';

/** Which user an account that is kept elsewhere, e.g. in a directory, belongs to. */
export interface IdentityLink {
  /** Name of the credential strategy that knows the account. */
  readonly strategy: string;
  /** By which the strategy knows it. */
  readonly externalId: string;
  /** The user's id. */
  readonly subject: string;
  readonly createdAt: Date;
}

/** Links between accounts that are kept elsewhere and users. */
export abstract class IdentityLinks {
  /** @returns the user's id; undefined if there is no link */
  abstract find(strategy: string, externalId: string): Promise<string | undefined>;

  /**
   * @returns false, and nothing is written, if the account is linked already, or the user to another account of the
   * strategy; also when two race
   */
  abstract add(link: IdentityLink, transaction: Transaction): Promise<boolean>;

  /** Of a user, the oldest first. */
  abstract listOf(subject: string): Promise<IdentityLink[]>;

  /** Of a user who is deleted. */
  abstract forget(subject: string, transaction: Transaction): Promise<void>;
}
