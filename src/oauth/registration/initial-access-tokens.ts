import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import type { AuditEventType } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { Clock } from '../../common/clock.js';
import { TimeOrderedIds } from '../../common/time-ordered-id.js';
import { type Transaction, UnitOfWork } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import type { ClientWriter } from '../clients/client-writer.js';
import {
  type InitialAccessToken,
  initialAccessTokenHash,
  type InitialAccessTokenSettings,
  newInitialAccessToken,
  type NewInitialAccessToken,
} from './initial-access-token.js';
import {
  InitialAccessTokenSpentError,
  UnknownInitialAccessTokenError,
} from './initial-access-tokens.errors.js';
import { initialAccessTokens } from './initial-access-tokens.table.js';

/** What is told of them: all but the hash. */
const { hash: _hash, ...TOLD } = getTableColumns(initialAccessTokens);

/** A page in the order in which they were made. */
interface InitialAccessTokensPage {
  readonly limit: number;
  /** Id of the last one of the page before. */
  readonly after: string | undefined;
}

/** Tokens by which applications register themselves as OAuth clients (RFC 7591 section 3), so many as each allows. */
@Injectable()
export class InitialAccessTokens {
  private readonly ids = new TimeOrderedIds();

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditSink,
    private readonly clock: Clock,
  ) {}

  /** @param lifetime milliseconds @throws what the writer's `admit` throws, for a client with these scopes */
  async create(
    settings: InitialAccessTokenSettings,
    lifetime: number,
    writer: ClientWriter,
  ): Promise<NewInitialAccessToken> {
    const now = this.clock.now();
    const times = { createdAt: new Date(now), expiresAt: new Date(now + lifetime) };
    const made = { ...settings, id: this.ids.next(now), usesLeft: settings.uses, ...times };
    const token = newInitialAccessToken();
    await this.unitOfWork.run(async (transaction) => {
      await writer.admit?.({ after: { scopes: made.scopes, firstParty: false } }, transaction);
      const { grants, scopes } = made;
      const row = { ...made, grants: [...grants], scopes: [...scopes], hash: initialAccessTokenHash(token) };
      await handleOf(this.db, transaction).insert(initialAccessTokens).values(row);
      await this.record('initial_access_token.created', made.id, writer, transaction);
    });
    return { ...made, token };
  }

  /** Also those that were used up, until they expire. */
  async list({ limit, after }: InitialAccessTokensPage): Promise<InitialAccessToken[]> {
    return this.db
      .select(TOLD)
      .from(initialAccessTokens)
      .where(
        and(
          gt(initialAccessTokens.expiresAt, new Date(this.clock.now())),
          after === undefined ? undefined : gt(initialAccessTokens.id, after),
        ),
      )
      .orderBy(asc(initialAccessTokens.id))
      .limit(limit);
  }

  /** What registered with it stays. @throws UnknownInitialAccessTokenError, and what the writer's `admit` throws */
  async revoke(id: string, writer: ClientWriter): Promise<void> {
    if (!isUUID(id)) throw new UnknownInitialAccessTokenError();
    await this.unitOfWork.run(async (transaction) => {
      await writer.admit?.({}, transaction);
      const deleted = await handleOf(this.db, transaction)
        .delete(initialAccessTokens)
        .where(eq(initialAccessTokens.id, id))
        .returning({ id: initialAccessTokens.id });
      if (deleted.length === 0) throw new UnknownInitialAccessTokenError();
      await this.record('initial_access_token.revoked', id, writer, transaction);
    });
  }

  /** @returns undefined if none that is good now is called so; it is not used by that */
  async find(token: string): Promise<InitialAccessToken | undefined> {
    const [found] = await this.db
      .select(TOLD)
      .from(initialAccessTokens)
      .where(and(eq(initialAccessTokens.hash, initialAccessTokenHash(token)), this.isGood()));
    return found;
  }

  /** Once more, by one statement: of several at once no more than are left. @throws InitialAccessTokenSpentError */
  async use(id: string, transaction: Transaction): Promise<void> {
    const used = await handleOf(this.db, transaction)
      .update(initialAccessTokens)
      .set({ usesLeft: sql`${initialAccessTokens.usesLeft} - 1` })
      .where(and(eq(initialAccessTokens.id, id), this.isGood()))
      .returning({ id: initialAccessTokens.id });
    if (used.length === 0) throw new InitialAccessTokenSpentError();
  }

  private isGood() {
    return and(
      gt(initialAccessTokens.usesLeft, 0),
      gt(initialAccessTokens.expiresAt, new Date(this.clock.now())),
    );
  }

  private async record(
    type: AuditEventType,
    initialAccessTokenId: string,
    { acting }: ClientWriter,
    transaction: Transaction,
  ): Promise<void> {
    await this.audit.record(
      { type, subject: null, ...acting, details: { initialAccessTokenId } },
      transaction,
    );
  }
}
