import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokensRepository } from '../one-time/one-time-tokens.repository.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { TokenEvents } from '../token-events.js';
import type { Session, SessionEndReason } from './session.js';
import { type SessionEnding, SessionsRepository } from './sessions.repository.js';

/** Which open sessions of a subject end, why, and through whom. */
export interface SessionsToEnd {
  readonly subject: string;
  readonly reason: SessionEndReason;
  /** This one alone; undefined: all. It must be the subject's. */
  readonly only?: string | undefined;
  /** This one is spared. */
  readonly except?: string | undefined;
  /** Whose request ends them; null: none. */
  readonly client?: ClientInfo | null;
  /** Id of the administrator who does; undefined: the reason says who. */
  readonly by?: string | undefined;
  /** Nothing is kept of them, nor of the subject's sessions that ended before. */
  readonly erase?: boolean;
  /**
   * Ends them together with what is the reason for it, and again once that has committed: for a session that was opened
   * meanwhile on the strength of what was true before.
   */
  readonly within?: Transaction | undefined;
}

/** Ends sessions, and with each its access tokens and the one-time tokens that it asked for. */
@Injectable()
export class SessionEnder {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly revocations: RevocationService,
    private readonly events: TokenEvents,
    private readonly oneTimeTokens: OneTimeTokensRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @returns how many it ended */
  async end(which: SessionsToEnd): Promise<number> {
    const { within } = which;
    if (!within) return this.unitOfWork.run((transaction) => this.endIn(transaction, which));
    const count = await this.endIn(within, which);
    within.afterCommit(async () => {
      await this.end({ ...which, within: undefined });
    });
    return count;
  }

  /**
   * Stores a new session, and ends those of its subject that were used longest ago, beyond `others` of them.
   * @param client whose session it is
   * @param transaction what it is part of; undefined: one of its own
   */
  async createBounded(
    session: Session,
    others: number,
    client: ClientInfo,
    transaction: Transaction | undefined,
  ): Promise<void> {
    if (!transaction) {
      await this.unitOfWork.run((own) => this.createBounded(session, others, client, own));
      return;
    }
    const { subject } = session;
    const reason = 'too_many_sessions';
    const ending = this.ending(reason);
    const accompany = (only: readonly string[]) =>
      this.oneTimeTokens.endWithSessions(subject, { only }, transaction);
    const ids = await this.repository.createBounded(session, { others, ending, accompany }, transaction);
    transaction.afterCommit(() => this.revocations.announceSessions(ids, ending.revokedUntil));
    if (ids.length > 0) await this.events.sessionsEnded({ subject, reason, ids, client }, transaction);
  }

  /** One session, also where it cannot be recorded. @returns whether it was this call that ended it */
  async endUnrecorded(id: string, subject: string, reason: SessionEndReason): Promise<boolean> {
    const ending = this.ending(reason);
    const isEnded = await this.repository.end(id, subject, ending);
    // Also if it has ended: in Redis it may be `end` that did, and then failed.
    await this.revocations.announceSessions([id], ending.revokedUntil);
    return isEnded;
  }

  /**
   * Ends all sessions there are. A refresh that races it is no exception: its session is ended before or after, and the
   * access token it got is dead by the session's id.
   * @param by id of the administrator who does; undefined: an operator
   * @returns how many
   */
  async endAllForEveryone(client: ClientInfo | null = null, by?: string): Promise<number> {
    const ending = this.ending('ended_by_admin');
    return this.unitOfWork.run(async (transaction) => {
      const ids = await this.repository.endAllForEveryone(ending, transaction);
      transaction.afterCommit(() => this.revocations.announceSessions(ids, ending.revokedUntil));
      await this.events.allSessionsEnded({ count: ids.length, client, by }, transaction);
      return ids.length;
    });
  }

  private async endIn(transaction: Transaction, which: SessionsToEnd): Promise<number> {
    const { subject, reason, only, except, client = null, by, erase } = which;
    const ending = this.ending(reason);
    // Tokens before sessions, as everywhere.
    const asked = only === undefined ? { except } : { only: [only] };
    await this.oneTimeTokens.endWithSessions(subject, asked, transaction);
    const ids =
      only === undefined
        ? await this.repository.endAll(subject, ending, except, transaction)
        : await this.endOnly(only, subject, ending, transaction);
    transaction.afterCommit(() => this.revocations.announceSessions(ids, ending.revokedUntil));
    if (ids.length > 0) await this.events.sessionsEnded({ subject, reason, ids, client, by }, transaction);
    if (erase) await this.repository.erasePast(subject, transaction);
    return ids.length;
  }

  private async endOnly(
    id: string,
    subject: string,
    ending: SessionEnding,
    transaction: Transaction,
  ): Promise<string[]> {
    return (await this.repository.end(id, subject, ending, transaction)) ? [id] : [];
  }

  private ending(reason: SessionEndReason): SessionEnding {
    return { reason, now: new Date(this.clock.now()), revokedUntil: this.revocations.revokedUntil() };
  }
}
