import type { Transaction, Write } from '../../common/unit-of-work.js';
import type { SqlReading } from '../../database/sql-reading.js';
import type { Session, SessionEndReason } from './session.js';
import type { SessionPage } from './session-page.js';

/** One rotation: the row must fit `id`, `generation` and `secretHash`, and not have ended or expired by `now`. */
export interface SessionRotation {
  readonly id: string;
  /** What the presented token says. */
  readonly generation: number;
  readonly secretHash: string;
  readonly now: Date;
  /** Null: the token just replaced does not answer. */
  readonly graceUntil: Date | null;
  /** Capped by the session's absolute end. */
  readonly idleExpiresAt: Date;
}

/** Why and when sessions end. */
export interface SessionEnding {
  readonly reason: SessionEndReason;
  readonly now: Date;
  /** When the session's last access token has expired: its revocation can be forgotten then. */
  readonly revokedUntil: Date;
}

/** How many open sessions a subject has beside a new one, and what becomes of the rest. */
export interface SessionBound {
  readonly others: number;
  readonly ending: SessionEnding;
  /** Called with the ids of those that end, if there are any; in the database before they do, in the same transaction. */
  readonly accompany: (ids: readonly string[]) => Promise<void>;
}

/** A session that was rotated, and what was read along with it. */
export interface RotatedSession<T> {
  readonly session: Session;
  /** Undefined also where nothing is read along. */
  readonly read: T | undefined;
}

/** Where sessions are kept. Every implementation passes `test/contracts/sessions.repository.contract.ts`. */
export abstract class SessionsRepository {
  /** Resolves if the store answers. */
  abstract ping(): Promise<void>;
  /** Stores a new session. */
  abstract create(session: Session, transaction?: Transaction): Promise<void>;

  /** `create`, to be done together with others: by itself, unless a repository overrides it. */
  creating(session: Session): Write {
    return { within: (transaction) => this.create(session, transaction) };
  }

  /**
   * Creates it and ends, in the same atomic step, the subject's open sessions beyond the `others` used last; of very
   * many the 1,000 used longest ago. However many are created at once, no more are left.
   * @param transaction what it is part of, if the sessions are kept in the same database
   * @returns the ids of those it ended
   */
  abstract createBounded(session: Session, bound: SessionBound, transaction: Transaction): Promise<string[]>;

  /** @returns also one that has ended or expired, as long as it is kept; undefined if there is none */
  abstract findById(id: string): Promise<Session | undefined>;

  /** A page of those neither ended nor expired, the most recently used first; of the same moment, by id, descending. */
  abstract findOpen(subject: string, now: Date, page: SessionPage): Promise<Session[]>;

  /** Ended or expired, as far as they are still kept; the most recently used first. */
  abstract findPast(subject: string, now: Date, limit: number): Promise<Session[]>;

  /**
   * Moves the session to its next generation, in one atomic step, if the presented generation and secret are the
   * session's and it is neither ended nor expired.
   * @returns the session as it now is; undefined if nothing was changed
   */
  abstract rotate(rotation: SessionRotation): Promise<Session | undefined>;

  /**
   * The same; where the sessions are in the database, what belongs to their subject is read in the same statement.
   * @returns with nothing read, unless a repository overrides it
   */
  async rotateReading<T>(
    rotation: SessionRotation,
    _reading: SqlReading<T>,
  ): Promise<RotatedSession<T> | undefined> {
    const session = await this.rotate(rotation);
    return session && { session, read: undefined };
  }

  /**
   * Notes, in one atomic step, that the session's holder has authenticated again, if it is the subject's and neither ended
   * nor expired.
   * @param transaction what it is part of, if the sessions are kept in the same database
   * @returns whether it was noted
   */
  abstract reauthenticate(
    id: string,
    subject: string,
    now: Date,
    transaction?: Transaction,
  ): Promise<boolean>;

  /**
   * Ends an open session of the subject and records, in the same atomic step, that its access tokens are revoked.
   * @param transaction what it is part of, if the sessions are kept in the same database
   * @returns whether it was this call that ended it
   */
  abstract end(
    id: string,
    subject: string,
    ending: SessionEnding,
    transaction?: Transaction,
  ): Promise<boolean>;

  /**
   * The same for all open sessions of the subject, but for `exceptId`.
   * @param transaction what it is part of, if the sessions are kept in the same database
   * @returns the ids of those it ended
   */
  abstract endAll(
    subject: string,
    ending: SessionEnding,
    exceptId?: string,
    transaction?: Transaction,
  ): Promise<string[]>;

  /**
   * Deletes the subject's sessions that have ended. Revocations stay.
   * @param transaction what it is part of, if the sessions are kept in the same database
   */
  abstract erasePast(subject: string, transaction?: Transaction): Promise<void>;

  /**
   * Ends all open sessions of all subjects, as `end` does each.
   * @param transaction what it is part of, if the sessions are kept in the same database
   * @returns the ids of those it ended
   */
  abstract endAllForEveryone(ending: SessionEnding, transaction?: Transaction): Promise<string[]>;
}
