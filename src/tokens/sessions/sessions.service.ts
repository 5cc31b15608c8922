import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Transaction, Write } from '../../common/unit-of-work.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../config/config.js';
import { type Authentication, keptMethods } from './authentication.js';
import { hashSessionSecret, newSessionSecret, RefreshTokenCodec } from './refresh-token-codec.js';
import {
  authenticationTime,
  grantedIn,
  type NewSession,
  NO_GRANT,
  type OpenedSession,
  type Session,
  type SessionGrant,
} from './session.js';
import { SessionEnder, type SessionsToEnd } from './session-ender.js';
import { endsOf } from './session-lifetimes.js';
import type { SessionPage } from './session-page.js';
import { SessionSettlement } from './session-settlement.js';
import { ENDED_AT_ONCE, SessionsRepository } from './sessions.repository.js';

/** A session that can be opened together with what else is written. */
export interface SessionToOpen {
  readonly session: NewSession;
  /** Gives the session's era. */
  readonly write: Write<number>;
  /** The session and its refresh token. @param era that `write` gave */
  readonly opened: (era: number) => OpenedSession;
}

/** Whose request opens a session. */
export type SessionClient = Pick<ClientInfo, 'ip' | 'userAgent'> & Partial<ClientInfo>;

/**
 * Opens, lists and ends sessions. Ending one kills its access tokens, here at once, elsewhere within a second, and the
 * one-time tokens that it asked for.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly codec: RefreshTokenCodec,
    private readonly ender: SessionEnder,
    private readonly config: TokensConfig,
    private readonly clock: Clock,
    private readonly settlement: SessionSettlement,
  ) {}

  /**
   * Beyond `SESSIONS_PER_USER` the subject's session that was used longest ago ends in the same step; grants do not count.
   * @param client whose request opens it
   * @param transaction what it is part of, if the sessions are kept in the database
   * @param grant what an OAuth client is granted; undefined: it is one of Latchkey's own
   * @throws SessionEndedError if the session has ended that it is granted in
   */
  async open(
    subject: string,
    client: SessionClient,
    transaction?: Transaction,
    grant?: SessionGrant,
  ): Promise<OpenedSession> {
    const { session, refreshToken } = this.newSession(subject, client, grant);
    const era = await this.store(session, client, transaction);
    return { session: { ...session, era }, refreshToken };
  }

  /**
   * The same, to be done together with others: the session is open once `write` is written, which gives it.
   * @param methods how the subject showed who they are besides the password (RFC 8176)
   */
  opening(
    subject: string,
    client: SessionClient,
    grant?: SessionGrant,
    methods: readonly string[] = [],
  ): SessionToOpen {
    const { session, refreshToken } = this.newSession(subject, client, grant, methods);
    const write: Write<number> =
      this.config.sessionsPerUser === undefined || grant
        ? this.repository.creating(session)
        : { within: (transaction) => this.store(session, client, transaction) };
    return { session, write, opened: (era) => ({ session: { ...session, era }, refreshToken }) };
  }

  private newSession(
    subject: string,
    client: SessionClient,
    grant?: SessionGrant,
    methods: readonly string[] = [],
  ): { readonly session: NewSession; readonly refreshToken: string } {
    const now = this.clock.now();
    const secret = newSessionSecret();
    const session: NewSession = {
      id: grant?.id ?? randomUUID(),
      subject,
      generation: 0,
      secretHash: hashSessionSecret(secret),
      graceUntil: null,
      createdAt: new Date(now),
      reauthenticatedAt: grant?.authenticatedAt ?? null,
      methods: keptMethods(methods),
      lastUsedAt: new Date(now),
      ...endsOf(now, this.config, grant),
      endedAt: null,
      endReason: null,
      ...(grant ? grantedIn(grant) : NO_GRANT),
      ip: client.ip,
      userAgent: client.userAgent,
    };
    return { session, refreshToken: this.codec.encode({ sessionId: session.id, generation: 0, secret }) };
  }

  /** @returns its era */
  private async store(
    session: NewSession,
    client: SessionClient,
    transaction?: Transaction,
  ): Promise<number> {
    const { sessionsPerUser } = this.config;
    if (sessionsPerUser === undefined || session.clientId !== null)
      return this.repository.create(session, transaction);
    const whole = { language: null, requestId: null, ...client };
    return this.ender.createBounded(session, sessionsPerUser - 1, whole, transaction);
  }

  /** A page of those that are open, the most recently used first. */
  async listOpen(subject: string, page: SessionPage): Promise<Session[]> {
    return this.repository.findOpen(subject, new Date(this.clock.now()), page);
  }

  /** Ended or expired, and not purged yet; the most recently used first. */
  async listPast(subject: string, limit: number): Promise<Session[]> {
    return this.repository.findPast(subject, new Date(this.clock.now()), limit);
  }

  /** @returns also one that has ended or expired, as long as it is kept */
  async find(id: string): Promise<Session | undefined> {
    return this.repository.findById(id);
  }

  /** @throws NotFoundError if the subject has no such session, also where another has it */
  async require(id: string, subject: string): Promise<Session> {
    const session = await this.repository.findById(id);
    if (session?.subject !== subject) throw new NotFoundError('You have no such session.');
    return session;
  }

  /** Whether the subject has the session and it was not ended; one whose time is over has not been. */
  async isUnended(id: string, subject: string): Promise<boolean> {
    const session = await this.repository.findById(id);
    return session?.subject === subject && session.endedAt === null;
  }

  /** When the session's holder last showed the password: milliseconds; undefined if the subject has no such session. */
  async authenticatedAt(id: string, subject: string): Promise<number | undefined> {
    const session = await this.repository.findById(id);
    return session?.subject === subject ? authenticationTime(session) : undefined;
  }

  /** How and when the session's holder last showed who they are; undefined if the subject has no such session. */
  async authenticationOf(id: string, subject: string): Promise<Authentication | undefined> {
    const session = await this.repository.findById(id);
    return session?.subject === subject
      ? { at: authenticationTime(session), methods: session.methods ?? [], era: session.era }
      : undefined;
  }

  /** The session's holder has just shown the password. @returns false if the session has ended */
  async renewAuthentication(id: string, subject: string, transaction: Transaction): Promise<boolean> {
    return this.repository.reauthenticate(id, subject, new Date(this.clock.now()), transaction);
  }

  /**
   * Ends all open sessions of a subject, or some; those that have ended, or are not the subject's, are left alone.
   * @returns how many it ended
   */
  async end(which: SessionsToEnd): Promise<number> {
    const count = await this.ender.end(which);
    if (which.within) which.within.afterCommit(() => this.settle(count));
    else await this.settle(count);
    return count;
  }

  /** @see SessionEnder.endAllForEveryone */
  async endAllForEveryone(client: ClientInfo | null = null, by?: string): Promise<number> {
    const count = await this.ender.endAllForEveryone(client, by);
    await this.settle(count);
    return count;
  }

  /** Few are ended row by row at once. */
  private settle(count: number): Promise<void> {
    if (count >= ENDED_AT_ONCE) this.settlement.runSoon();
    return Promise.resolve();
  }
}
