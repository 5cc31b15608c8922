import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { OneTimeTokensRepository } from '../one-time/one-time-tokens.repository.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { type EndedSessions, TokenEvents } from '../token-events.js';
import type { NewSession, SessionEndReason } from './session.js';
import { type EndedAll, type SessionEnding, SessionsRepository } from './sessions.repository.js';

/** Which open sessions of a subject end, why, and through whom. */
export interface SessionsToEnd {
  readonly subject: string;
  readonly reason: SessionEndReason;
  /** This one alone, or these, which should be few; undefined: all. They must be the subject's. */
  readonly only?: string | readonly string[] | undefined;
  /** This one is spared. */
  readonly except?: string | undefined;
  /** Whose request ends them; null: none. */
  readonly client?: ClientInfo | null;
  /** Id of the administrator who does; undefined: the reason says who. */
  readonly by?: string | undefined;
  /** Nothing is kept of them, nor of the subject's sessions that ended before. */
  readonly erase?: boolean;
  /**
   * Ends them together with what is the reason for it. A session that is opened meanwhile on the strength of what was true
   * before ends, too: where sessions are kept elsewhere than in the database all are ended again once that has committed.
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
    const { within, subject } = which;
    if (!within) return this.unitOfWork.run((transaction) => this.endIn(transaction, which));
    const count = await this.endIn(within, which);
    within.afterCommit(async () => {
      if (!this.repository.transactional) await this.end({ ...which, within: undefined });
      else await this.oneTimeTokens.endWithSessions(subject, whoseTokens(which));
    });
    return count;
  }

  /**
   * Stores a new session, and ends those of its subject that were used longest ago, beyond `others` of them.
   * @param client whose session it is
   * @param transaction what it is part of; undefined: one of its own
   * @returns the era of the new one
   */
  async createBounded(
    session: NewSession,
    others: number,
    client: ClientInfo,
    transaction: Transaction | undefined,
  ): Promise<number> {
    if (!transaction) return this.unitOfWork.run((own) => this.createBounded(session, others, client, own));
    const { subject } = session;
    const reason = 'too_many_sessions';
    const ending = this.ending(reason);
    const accompany = (only: readonly string[]) =>
      this.oneTimeTokens.endWithSessions(subject, { only }, transaction);
    const bound = { others, ending, accompany };
    const { era, ended: ids, children } = await this.repository.createBounded(session, bound, transaction);
    const { revokedUntil } = ending;
    transaction.afterCommit(() => this.revocations.announceSessions([...ids, ...children], revokedUntil));
    const count = ids.length;
    if (count > 0) await this.events.sessionsEnded({ subject, reason, ids, count, client }, transaction);
    await this.childrenEnded({ subject, client }, children, transaction);
    return era;
  }

  /** One session, also where it cannot be recorded. @returns whether it was this call that ended it */
  async endUnrecorded(id: string, subject: string, reason: SessionEndReason): Promise<boolean> {
    const ending = this.ending(reason);
    const ids = await this.repository.end(id, subject, ending);
    // Also if it has ended: in Redis it may be `end` that did, and then failed.
    await this.revocations.announceSessions([...new Set([id, ...ids])], ending.revokedUntil);
    return ids.length > 0;
  }

  /**
   * Ends all sessions there are. A refresh that races it is no exception: its session and the access token it got are of an
   * earlier era.
   * @param by id of the administrator who does; undefined: an operator
   * @returns how many
   */
  async endAllForEveryone(client: ClientInfo | null = null, by?: string): Promise<number> {
    const ending = this.ending('ended_by_admin');
    return this.unitOfWork.run(async (transaction) => {
      const ended = await this.repository.endAllForEveryone(ending, transaction);
      transaction.afterCommit(() => this.announce('', ended, ending));
      await this.events.allSessionsEnded({ count: ended.count, client, by }, transaction);
      return ended.count;
    });
  }

  private async endIn(transaction: Transaction, which: SessionsToEnd): Promise<number> {
    const ending = this.ending(which.reason);
    // Tokens before sessions, as everywhere.
    await this.oneTimeTokens.endWithSessions(which.subject, whoseTokens(which), transaction);
    if (which.only === undefined) return this.endAll(which, ending, transaction);
    let count = 0;
    for (const id of [which.only].flat())
      // oxlint-disable-next-line eslint/no-await-in-loop -- one transaction, one statement at a time
      count += await this.endOnly(id, which, ending, transaction);
    return count;
  }

  private async endAll(
    { subject, reason, except, erase, client = null, by }: SessionsToEnd,
    ending: SessionEnding,
    transaction: Transaction,
  ): Promise<number> {
    const ended = await this.repository.endAll(subject, { ...ending, except, erase }, transaction);
    transaction.afterCommit(() => this.announce(subject, ended, ending));
    const { ids, count } = ended;
    if (count > 0) await this.events.sessionsEnded({ subject, reason, ids, count, client, by }, transaction);
    return count;
  }

  private async endOnly(
    given: string,
    { subject, reason, client = null, by }: SessionsToEnd,
    ending: SessionEnding,
    transaction: Transaction,
  ): Promise<number> {
    const ended = await this.repository.end(given, subject, ending, transaction);
    transaction.afterCommit(() => this.revocations.announceSessions(ended, ending.revokedUntil));
    const [id, ...children] = ended;
    await this.childrenEnded({ subject, client, by }, children, transaction);
    if (id === undefined) return 0;
    await this.events.sessionsEnded({ subject, reason, ids: [id], count: 1, client, by }, transaction);
    return 1;
  }

  /** The one-time tokens that they asked for follow: theirs come before sessions, and which these are shows only now. */
  private async childrenEnded(
    whose: Pick<EndedSessions, 'subject' | 'client' | 'by'>,
    ids: readonly string[],
    transaction: Transaction,
  ): Promise<void> {
    const count = ids.length;
    if (count === 0) return;
    const { subject } = whose;
    transaction.afterCommit(() => this.oneTimeTokens.endWithSessions(subject, { only: ids }));
    await this.events.sessionsEnded({ ...whose, reason: 'parent_ended', ids, count }, transaction);
  }

  /** @param subject empty: everyone */
  private async announce(
    subject: string,
    { era, ids }: EndedAll,
    { now, revokedUntil }: SessionEnding,
  ): Promise<void> {
    await this.revocations.announceEra(subject, era, now, revokedUntil);
    await this.revocations.announceSessions(ids, revokedUntil);
  }

  private ending(reason: SessionEndReason): SessionEnding {
    return { reason, now: new Date(this.clock.now()), revokedUntil: this.revocations.revokedUntil() };
  }
}

/** Of which sessions the one-time tokens end. */
function whoseTokens({
  only,
  except,
}: SessionsToEnd): Parameters<OneTimeTokensRepository['endWithSessions']>[1] {
  return only === undefined ? { except } : { only: [only].flat() };
}
