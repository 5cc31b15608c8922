import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import { logEntry } from '../../common/log-entry.js';
import { Measurements } from '../../common/measurements.js';
import type { SqlReading } from '../../database/sql-reading.js';
import { TokensConfig } from '../../config/config.js';
import { type ExpectedHolder, NO_CLIENT } from './expected-holder.js';
import { outcomeOf } from './refresh-outcome.js';
import { hashSessionSecret, type RefreshTokenContent, RefreshTokenCodec } from './refresh-token-codec.js';
import { SessionEnder } from './session-ender.js';
import { idleEndOf } from './session-lifetimes.js';
import { isExpired, type OpenedSession, type Session } from './session.js';
import {
  RefreshTokenExpiredError,
  RefreshTokenInvalidError,
  RefreshTokenReusedError,
  SessionEndedError,
} from './sessions.errors.js';
import type { RotatedSession, SessionRotation } from './session-rotation.js';
import { SessionsRepository } from './sessions.repository.js';

type UnexpectedUse = 'reuse_recent' | 'reuse_stale' | 'store_restored';

const STORE_RESTORED =
  'A refresh token is newer than the store, which has lost what was written last. If a backup was restored, run "storage restored" now';

/**
 * Exchanges a refresh token for its successor, once (RFC 9700 section 4.14.2). For a short, fixed time after that the
 * token just replaced gets the same successor again: a second tab, a retry, a lost answer. Any other use of an old token
 * ends the session.
 */
@Injectable()
export class RefreshRotationService {
  private readonly logger = new Logger('RefreshRotation');

  constructor(
    private readonly repository: SessionsRepository,
    private readonly ender: SessionEnder,
    private readonly codec: RefreshTokenCodec,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
    private readonly measurements: Measurements,
  ) {}

  /**
   * @param client whose request it is
   * @param reading what is to be read of the session's subject in the same statement
   * @param holder whose the token must be; another's is not valid, and stays as it is
   * @returns the session, the token that is now its live one, and what was read; nothing where the sessions are elsewhere
   * than in the database, or the token was used again within the grace
   * @throws RefreshTokenInvalidError, RefreshTokenExpiredError, SessionEndedError
   * @throws RefreshTokenReusedError after the session has been ended, durably
   */
  async rotate<T>(
    refreshToken: string,
    client: ClientInfo | null = null,
    reading?: SqlReading<T>,
    holder = NO_CLIENT,
  ): Promise<OpenedSession & { readonly read: T | undefined }> {
    try {
      const { repeated, ...answer } = await this.exchange(refreshToken, client, reading, holder);
      this.measurements.refreshAnswered(repeated ? 'repeated' : 'rotated');
      return answer;
    } catch (error) {
      this.measurements.refreshAnswered(outcomeOf(error));
      throw error;
    }
  }

  private async exchange<T>(
    refreshToken: string,
    client: ClientInfo | null,
    reading: SqlReading<T> | undefined,
    holder: ExpectedHolder,
  ): Promise<OpenedSession & { readonly read: T | undefined; readonly repeated: boolean }> {
    const presented = this.codec.decode(refreshToken);
    if (!presented) throw new RefreshTokenInvalidError();
    const now = this.clock.now();
    const rotation: SessionRotation = {
      id: presented.sessionId,
      generation: presented.generation,
      secretHash: hashSessionSecret(presented.secret),
      clientId: holder.clientId,
      jkt: holder.jkt ?? null,
      now: new Date(now),
      // None at all, not one that ends now: another process's clock may be behind.
      graceUntil: this.config.refreshGrace > 0 ? new Date(now + this.config.refreshGrace) : null,
      idleExpiresAt: idleEndOf(now, this.config, holder),
    };
    const rotated = await this.rotated(rotation, reading);
    const session = rotated?.session ?? (await this.answerOldToken(presented, client, holder));
    return { ...this.withSuccessor(presented, session), read: rotated?.read, repeated: !rotated };
  }

  /**
   * Changes nothing.
   * @param holder whose the token must be, whatever key it is bound to
   * @returns the session whose tokens it would be exchanged for now; undefined if it would be refused
   */
  async find(
    refreshToken: string,
    holder: Pick<ExpectedHolder, 'clientId'> = NO_CLIENT,
  ): Promise<Session | undefined> {
    const presented = this.codec.decode(refreshToken);
    if (!presented) return undefined;
    const session = await this.repository.findById(presented.sessionId);
    if (session?.secretHash !== hashSessionSecret(presented.secret)) return undefined;
    if (session.clientId !== holder.clientId) return undefined;
    const now = this.clock.now();
    if (session.endedAt || isExpired(session, now)) return undefined;
    const isLive = presented.generation === session.generation;
    return isLive || isJustReplaced(presented, session, now) ? session : undefined;
  }

  private async rotated<T>(
    rotation: SessionRotation,
    reading: SqlReading<T> | undefined,
  ): Promise<RotatedSession<T> | undefined> {
    if (reading) return this.repository.rotateReading(rotation, reading);
    const session = await this.repository.rotate(rotation);
    return session && { session, read: undefined };
  }

  /** The token is not the live one: late by one rotation and a moment, or too late. */
  private async answerOldToken(
    presented: RefreshTokenContent,
    client: ClientInfo | null,
    holder: ExpectedHolder,
  ): Promise<Session> {
    const session = await this.repository.findById(presented.sessionId);
    if (session?.secretHash !== hashSessionSecret(presented.secret)) throw new RefreshTokenInvalidError();
    // Not the holder's: it says nothing about a theft, and is none of theirs to end.
    if (!isOfHolder(session, holder)) throw new RefreshTokenInvalidError();
    if (session.endedAt) throw new SessionEndedError();
    // Not the time at which the request came in: the rotation that overtook it may be later.
    const now = this.clock.now();
    // The live generation was not rotated, so its time was over: also where the clock has stepped back since.
    const isLive = presented.generation === session.generation;
    if (isLive || isExpired(session, now)) throw new RefreshTokenExpiredError();

    if (isJustReplaced(presented, session, now)) return session;

    // We made it, and the row does not know: no thief, but the row may have been ended since as well.
    if (presented.generation > session.generation) {
      await this.end(session, 'store_restored', client);
      throw new SessionEndedError();
    }
    const isPredecessor = isOneBefore(presented, session);
    await this.end(session, isPredecessor ? 'reuse_recent' : 'reuse_stale', client);
    throw new RefreshTokenReusedError();
  }

  private async end(
    { id, subject }: Session,
    reason: UnexpectedUse,
    client: ClientInfo | null,
  ): Promise<void> {
    let ended: number | boolean;
    try {
      // Of several at once, or beside a logout, one ends it.
      ended = await this.ender.end({ subject, only: id, reason, client });
    } catch (error) {
      // No thief goes on because it could not be recorded.
      ended = await this.ender.endUnrecorded(id, subject, reason);
      const complaint = `The end of session ${id} (${reason}) could not be recorded`;
      this.logger.error(logEntry(`${complaint}: ${reasonOf(error)}`, client));
    }
    if (!ended) return;
    const why = reason === 'store_restored' ? STORE_RESTORED : `A refresh token was used again (${reason})`;
    this.logger.warn(logEntry(`${why}; session ${id} has been ended.`, client));
  }

  private withSuccessor(presented: RefreshTokenContent, session: Session): OpenedSession {
    const successor = { ...presented, generation: presented.generation + 1 };
    return { session, refreshToken: this.codec.encode(successor) };
  }
}

function isOfHolder(session: Session, { clientId, jkt }: ExpectedHolder): boolean {
  return session.clientId === clientId && (session.jkt === null || session.jkt === jkt);
}

function isOneBefore(presented: RefreshTokenContent, session: Session): boolean {
  return presented.generation === session.generation - 1;
}

/** It still answers, with the successor that it has already. */
function isJustReplaced(presented: RefreshTokenContent, session: Session, now: number): boolean {
  const { graceUntil } = session;
  return isOneBefore(presented, session) && graceUntil !== null && now < graceUntil.getTime();
}
