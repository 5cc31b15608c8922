import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../config/slices.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { hashSessionSecret, newSessionSecret, RefreshTokenCodec } from './refresh-token-codec.js';
import type { Session, SessionEndReason } from './session.js';
import { type SessionEnding, SessionsRepository } from './sessions.repository.js';

export interface OpenedSession {
  readonly session: Session;
  readonly refreshToken: string;
}

/** Opens, lists and ends sessions. Ending one kills its access tokens: here at once, elsewhere within a second. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly codec: RefreshTokenCodec,
    private readonly revocations: RevocationService,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
  ) {}

  async open(subject: string, client: Pick<ClientInfo, 'ip' | 'userAgent'>): Promise<OpenedSession> {
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
      lastUsedAt: new Date(now),
      idleExpiresAt: new Date(Math.min(now + this.config.refreshTokenTtl, expiresAt)),
      expiresAt: new Date(expiresAt),
      endedAt: null,
      endReason: null,
      ip: client.ip,
      userAgent: client.userAgent,
    };
    await this.repository.create(session);
    return { session, refreshToken: this.codec.encode({ sessionId: session.id, generation: 0, secret }) };
  }

  async listOpen(subject: string): Promise<Session[]> {
    return this.repository.findOpen(subject, new Date(this.clock.now()));
  }

  /**
   * Ends one session of the subject; ending it again is no error.
   * @returns whether it was this call that ended it
   * @throws NotFoundError if the subject has no such session, whoever else may have it
   */
  async end(id: string, subject: string, reason: SessionEndReason): Promise<boolean> {
    const ending = this.ending(reason);
    if (await this.repository.end(id, subject, ending)) {
      await this.revocations.announceSessions([id], ending.revokedUntil);
      return true;
    }
    const session = await this.repository.findById(id);
    if (session?.subject !== subject) throw new NotFoundError('You have no such session.');
    return false;
  }

  /** Ends all open sessions of the subject, but for `exceptId`. */
  async endAll(subject: string, reason: SessionEndReason, exceptId?: string): Promise<void> {
    const ending = this.ending(reason);
    const ended = await this.repository.endAll(subject, ending, exceptId);
    await this.revocations.announceSessions(ended, ending.revokedUntil);
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
  ): Promise<void> {
    const ending = this.ending(reason);
    const ended = await this.repository.endAll(subject, ending, exceptId, transaction);
    transaction.afterCommit(() => this.revocations.announceSessions(ended, ending.revokedUntil));
    transaction.afterCommit(() => this.endAll(subject, reason, exceptId));
  }

  private ending(reason: SessionEndReason): SessionEnding {
    return { reason, now: new Date(this.clock.now()), revokedUntil: this.revocations.revokedUntil() };
  }
}
