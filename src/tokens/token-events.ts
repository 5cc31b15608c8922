import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../common/client-info.js';
import type { Transaction } from '../common/unit-of-work.js';
import type { SessionEndReason } from './sessions/session.js';

/** Sessions of one subject that have just ended. */
export interface EndedSessions {
  readonly subject: string;
  readonly reason: SessionEndReason;
  /** How many; at least one. */
  readonly count: number;
  /** Of very many (500) only those used last. */
  readonly ids: readonly string[];
  /** Whose request ended them; null: none. */
  readonly client: ClientInfo | null;
  /** Id of the administrator who did; undefined: the reason says who. */
  readonly by?: string | undefined;
}

/** All sessions of all subjects have just ended. */
export interface AllSessionsEnded extends Pick<EndedSessions, 'client' | 'by'> {
  /** How many that were; may be none. */
  readonly count: number;
}

/** Who asked for it over HTTP; undefined: an operator. */
export interface AskedBy {
  /** The user's id. */
  readonly by: string;
  readonly client: ClientInfo;
}

/**
 * Is told what happens here, within the transaction in which it happens: a rejection undoes it, where it is in the
 * database. Does nothing with it unless replaced.
 */
@Injectable()
export class TokenEvents {
  /** Sessions of one subject have ended. */
  sessionsEnded(_ended: EndedSessions, _transaction: Transaction): Promise<void> {
    return Promise.resolve();
  }

  /** All sessions of all subjects have ended. */
  allSessionsEnded(_ended: AllSessionsEnded, _transaction: Transaction): Promise<void> {
    return Promise.resolve();
  }

  /** A new key signs from now on. `requested`: by an operator; else the time had come. */
  signingKeyRotated(
    _kid: string,
    _requested: boolean,
    _transaction: Transaction,
    _asked?: AskedBy,
  ): Promise<void> {
    return Promise.resolve();
  }

  /** Tokens of this key are refused from now on. */
  signingKeyRevoked(_kid: string, _transaction: Transaction): Promise<void> {
    return Promise.resolve();
  }
}
