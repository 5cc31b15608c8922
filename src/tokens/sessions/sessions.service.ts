import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../config/slices.js';
import { OneTimeTokensRepository } from '../one-time/one-time-tokens.repository.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { type EndedSessions, TokenEvents } from '../token-events.js';
import { hashSessionSecret, newSessionSecret, RefreshTokenCodec } from './refresh-token-codec.js';
import type { OpenedSession, Session, SessionEndReason } from './session.js';
import type { SessionPage } from './session-page.js';
import { type SessionEnding, SessionsRepository } from './sessions.repository.js';

/**
 * Opens, lists and ends sessions. Ending one kills its access tokens, here at once, elsewhere within a second, and the
 * one-time tokens that it asked for.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly codec: RefreshTokenCodec,
    private readonly revocations: RevocationService,
    private readonly events: TokenEvents,
    private readonly oneTimeTokens: OneTimeTokensRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {}

  /** @param transaction what it is part of, if the sessions are kept in the database */
  async open(
    subject: string,
    client: Pick<ClientInfo, 'ip' | 'userAgent'>,
    transaction?: Transaction,
  ): Promise<OpenedSession> {
    const now = this.clock.now();
    const secret = newSessionSecret();
    const expiresAt = now + this.config.sessionMaxAge;
    const session: Session = {
      id: randomUUID(),
      subject,
      generation: 0,
      secretHash: hashSessionSecret(secret),
      graceUntil: null,
      createdAt: new Date(now),
      reauthenticatedAt: null,
      lastUsedAt: new Date(now),
      idleExpiresAt: new Date(Math.min(now + this.config.refreshTokenTtl, expiresAt)),
      expiresAt: new Date(expiresAt),
      endedAt: null,
      endReason: null,
      ip: client.ip,
      userAgent: client.userAgent,
    };
    await this.repository.create(session, transaction);
    return { session, refreshToken: this.codec.encode({ sessionId: session.id, generation: 0, secret }) };
  }

  async listOpen(subject: string, page: SessionPage): Promise<Session[]> {
    return this.repository.findOpen(subject, new Date(this.clock.now()), page);
  }

  /** Ended or expired, and not purged yet; the most recently used first. */
  async listPast(subject: string, limit: number): Promise<Session[]> {
    return this.repository.findPast(subject, new Date(this.clock.now()), limit);
  }

  /** Whether the subject has the session and nobody has ended it; one whose time is over has not been ended. */
  async isUnended(id: string, subject: string): Promise<boolean> {
    const session = await this.repository.findById(id);
    return session?.subject === subject && session.endedAt === null;
  }

  /**
   * Ends one session of the subject; ending it again is no error.
   * @param client whose request ends it
   * @returns whether it was this call that ended it
   * @throws NotFoundError if the subject has no such session, whoever else may have it
   */
  async end(
    id: string,
    subject: string,
    reason: SessionEndReason,
    client: ClientInfo | null = null,
  ): Promise<boolean> {
    if (await this.endIfThere(id, subject, reason, client)) return true;
    const session = await this.repository.findById(id);
    if (session?.subject !== subject) throw new NotFoundError('You have no such session.');
    return false;
  }

  /** As `end`, also if the session has been erased meanwhile, together with its subject. */
  async endIfThere(
    id: string,
    subject: string,
    reason: SessionEndReason,
    client: ClientInfo | null = null,
  ): Promise<boolean> {
    const ending = this.ending(reason);
    const isEnded = await this.unitOfWork.run(async (transaction) => {
      // Tokens before sessions, as everywhere.
      await this.oneTimeTokens.endWithSessions(subject, { only: id }, transaction);
      if (!(await this.repository.end(id, subject, ending, transaction))) return false;
      await this.events.sessionsEnded({ subject, reason, ids: [id], client }, transaction);
      return true;
    });
    if (isEnded) await this.revocations.announceSessions([id], ending.revokedUntil);
    return isEnded;
  }

  /** As `end`, for who can name the session and not its subject. @throws NotFoundError */
  async endById(id: string, reason: SessionEndReason, client: ClientInfo | null = null): Promise<boolean> {
    const session = await this.repository.findById(id);
    if (!session) throw new NotFoundError('There is no such session.');
    return this.end(id, session.subject, reason, client);
  }

  /** As `end`, where it must not fail with what is told of it. */
  async endUnrecorded(id: string, subject: string, reason: SessionEndReason): Promise<boolean> {
    const ending = this.ending(reason);
    const isEnded = await this.repository.end(id, subject, ending);
    // Also if it has ended: in Redis it may be `end` that did, and then failed.
    await this.revocations.announceSessions([id], ending.revokedUntil);
    return isEnded;
  }

  /**
   * Ends all open sessions of the subject, but for `exceptId`.
   * @param by id of the administrator who does
   */
  async endAll(
    subject: string,
    reason: SessionEndReason,
    exceptId?: string,
    client: ClientInfo | null = null,
    by?: string,
  ): Promise<void> {
    await this.unitOfWork.run(async (transaction) => {
      await this.endOpen(transaction, { subject, reason, client, by }, exceptId);
    });
  }

  /**
   * The same, together with what is the reason for it, and again once that has committed: for a session that was opened
   * meanwhile on the strength of what was true before.
   */
  async endAllWithin(
    transaction: Transaction,
    subject: string,
    reason: SessionEndReason,
    exceptId?: string,
    client: ClientInfo | null = null,
    by?: string,
  ): Promise<void> {
    await this.endOpen(transaction, { subject, reason, client, by }, exceptId);
    transaction.afterCommit(() => this.endAll(subject, reason, exceptId, client, by));
  }

  /** As `endAllWithin`, and nothing is kept of the subject's sessions, those of before included. */
  async eraseAllWithin(
    transaction: Transaction,
    subject: string,
    reason: SessionEndReason,
    client: ClientInfo | null = null,
  ): Promise<void> {
    await this.erase(transaction, subject, reason, client);
    transaction.afterCommit(() =>
      this.unitOfWork.run((another) => this.erase(another, subject, reason, client)),
    );
  }

  private async erase(
    transaction: Transaction,
    subject: string,
    reason: SessionEndReason,
    client: ClientInfo | null,
  ): Promise<void> {
    await this.endOpen(transaction, { subject, reason, client }, undefined);
    await this.repository.erasePast(subject, transaction);
  }

  private async endOpen(
    transaction: Transaction,
    ended: Omit<EndedSessions, 'ids'>,
    exceptId: string | undefined,
  ): Promise<void> {
    const ending = this.ending(ended.reason);
    await this.oneTimeTokens.endWithSessions(ended.subject, { except: exceptId }, transaction);
    const ids = await this.repository.endAll(ended.subject, ending, exceptId, transaction);
    transaction.afterCommit(() => this.revocations.announceSessions(ids, ending.revokedUntil));
    if (ids.length > 0) await this.events.sessionsEnded({ ...ended, ids }, transaction);
  }

  private ending(reason: SessionEndReason): SessionEnding {
    return { reason, now: new Date(this.clock.now()), revokedUntil: this.revocations.revokedUntil() };
  }
}
