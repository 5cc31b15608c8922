import type { Transaction, Write } from '../../common/unit-of-work.js';
import type { SqlReading } from '../../database/sql-reading.js';
import { type GrantSearch, isSought } from './grant-search.js';
import type { NewSession, Session, SessionEndReason } from './session.js';
import type { SessionPage, SessionPosition } from './session-page.js';
import type { RotatedSession, SessionRotation } from './session-rotation.js';

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

/** Of all sessions that end at once, so many are ended one by one in the same step; a step afterwards ends no more. */
export const ENDED_AT_ONCE = 500;

/** Why and when all sessions of a subject end. */
export interface AllToEnd extends SessionEnding {
  /** This one, if it is the subject's and open, goes on. */
  readonly except?: string | undefined;
  /** Nothing is kept of them, nor of the subject's sessions that ended before. */
  readonly erase?: boolean | undefined;
}

/** The era that began when all sessions were ended. */
export interface BegunEra {
  readonly number: number;
  /** The session that went on: its access tokens of before do, too. */
  readonly spared: string | null;
}

/** All sessions have ended. */
export interface EndedAll {
  /** How many; with very many it may be off by a few. */
  readonly count: number;
  /** Those that were ended row by row, too, and whose access tokens are revoked one by one: all, if they are few. */
  readonly ids: readonly string[];
  readonly era: BegunEra;
}

/** A new session has been stored with a bound. */
export interface CreatedBounded {
  /** Of the new one. */
  readonly era: number;
  /** The ids of those that it ended. */
  readonly ended: readonly string[];
  /** The ids of what ended with those: what was granted in them. */
  readonly children: readonly string[];
}

/** What is known of a grant that is found by its client. */
export type OpenGrant = Pick<Session, 'id' | 'subject'>;

/** Where sessions are kept. Every implementation passes `sessionsRepositoryContract` of `latchkey/testing`. */
export abstract class SessionsRepository {
  /** Whether the transaction that a call is given is one with what it does. */
  readonly transactional: boolean = false;

  /** Resolves if the store answers. */
  abstract ping(): Promise<void>;
  /**
   * Stores a new session. One that is granted in another (`parentId`) is stored only while that is its subject's and has not
   * ended, in one atomic step: whatever ends the other meanwhile ends it, too.
   * @returns its era, which the store finds out
   * @throws SessionEndedError if the session has ended that it is granted in, or is not there
   */
  abstract create(session: NewSession, transaction?: Transaction): Promise<number>;

  /** `create`, to be done together with others: by itself, unless a repository overrides it. */
  creating(session: NewSession): Write<number> {
    return { within: (transaction) => this.create(session, transaction) };
  }

  /**
   * Creates it and ends, in the same atomic step, the subject's open sessions beyond the `others` used last; of very
   * many the 1,000 used longest ago. However many are created at once, no more are left. Grants are neither counted nor
   * ended, but for what was granted in those that end.
   * @param transaction what it is part of, if the sessions are kept in the same database
   */
  abstract createBounded(
    session: NewSession,
    bound: SessionBound,
    transaction: Transaction,
  ): Promise<CreatedBounded>;

  /** @returns also one that has ended or expired, as long as it is kept; undefined if there is none */
  abstract findById(id: string): Promise<Session | undefined>;

  /**
   * A page of those neither ended nor expired, the most recently used first; of the same moment, by id, descending.
   * @param transaction what it is read in, if the sessions are kept in the same database
   */
  abstract findOpen(
    subject: string,
    now: Date,
    page: SessionPage,
    transaction?: Transaction,
  ): Promise<Session[]>;

  /**
   * Open grants of an OAuth client, of one subject or all; about so many, if there are as many, in no order. None is left out that is
   * refreshed meanwhile.
   * @param transaction what they are read in, if the sessions are kept in the same database
   * @returns unless a repository overrides it, only those of one subject, by pages, between which one that is refreshed is left out; else
   * none: those of a deleted client end when they would by themselves then
   */
  async findGrants(search: GrantSearch, transaction?: Transaction): Promise<OpenGrant[]> {
    const { subject, now, limit } = search;
    const found: OpenGrant[] = [];
    let after: SessionPosition | undefined;
    if (subject === undefined) return found;
    while (found.length < limit) {
      const page = { limit: ENDED_AT_ONCE, after };
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const open = await this.findOpen(subject, now, page, transaction);
      found.push(...open.filter((session) => isSought(session, search)));
      after = open.at(-1);
      if (open.length < ENDED_AT_ONCE) break;
    }
    return found;
  }

  /** Ended or expired, as far as they are still kept; the most recently used first. */
  abstract findPast(subject: string, now: Date, limit: number): Promise<Session[]>;

  /**
   * Moves the session to its next generation, in one atomic step, if the presented generation and secret are the
   * session's, it is the expected client's, and it is neither ended nor expired.
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
   * Ends an open session of the subject and records, in the same atomic step, that its access tokens are revoked. What was
   * granted in it (`parentId`) ends with it as `parent_ended`, but for what has the scope `offline_access`.
   * @param transaction what it is part of, if the sessions are kept in the same database
   * @returns the ids of those that this call ended: the session's, then those of what was granted in it; none if it was not
   * this call that ended it
   */
  abstract end(
    id: string,
    subject: string,
    ending: SessionEnding,
    transaction?: Transaction,
  ): Promise<string[]>;

  /**
   * Ends all open sessions of the subject, however many they are, in one atomic step of bounded work: it begins an era,
   * which all other calls heed. Their rows may say so later.
   * @param transaction what it is part of, if the sessions are kept in the same database: a session that is opened before
   * that commits is of the era before
   */
  abstract endAll(subject: string, all: AllToEnd, transaction?: Transaction): Promise<EndedAll>;

  /** The same for all subjects. */
  abstract endAllForEveryone(ending: SessionEnding, transaction?: Transaction): Promise<EndedAll>;

  /**
   * Lets the rows of sessions say that they are over where an era alone does, in steps of bounded work. Any process may go on
   * with it, several at once, too.
   * @param step called between the steps; false: no further one
   */
  abstract settle(step: () => Promise<boolean>): Promise<void>;
}
