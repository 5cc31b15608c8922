import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../../redis/redis-connection.js';
import { redisKeys, REVOKED_PREFIX, SESSION_PREFIX } from '../redis-keys.js';
import { BEGIN_EVERYONES_ERA, COUNT_SESSIONS, END_ALL_SESSIONS } from './redis-eras-scripts.js';
import { scanInSteps, settleErasInRedis } from './settle-eras-in-redis.js';
import {
  CREATE_SESSION,
  END_ONE_SESSION,
  FIND_SESSION,
  LIST_SESSIONS,
  REAUTHENTICATE_SESSION,
  ROTATE_SESSION,
} from './redis-session-scripts.js';
import { CREATE_BOUNDED_SESSION } from './redis-bounded-session-script.js';
import { findGrantsInRedis } from './find-grants-in-redis.js';
import { endedIfThereIsOne } from './redis-session-refusal.js';
import { byLastUse, fromPairs, toFields, toSession } from './redis-session-fields.js';
import type { GrantSearch } from './grant-search.js';
import { endsWithParent, isExpired, type NewSession, type Session } from './session.js';
import type { SessionPage, SessionPosition } from './session-page.js';
import type { SessionRotation } from './session-rotation.js';
import { SessionEndedError } from './sessions.errors.js';
import {
  type AllToEnd,
  type CreatedBounded,
  ENDED_AT_ONCE,
  type EndedAll,
  type OpenGrant,
  type SessionBound,
  type SessionEnding,
  SessionsRepository,
} from './sessions.repository.js';

/** Sessions that have expired answer so for a day; then they are unknown. Milliseconds. */
const KEPT_EXPIRED = 86_400_000;
/** Sessions that one step of a list looks at, so that other clients do not wait long. */
const LISTED_AT_ONCE = 200;

/** Sessions in Redis, each with a time to live; every change is one Lua script, and so one atomic step. */
@Injectable()
export class RedisSessionsRepository extends SessionsRepository {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async ping(): Promise<void> {
    await this.redis.required.ping();
  }

  async createBounded(
    session: NewSession,
    { others, ending, accompany }: SessionBound,
  ): Promise<CreatedBounded> {
    const { id, subject } = session;
    const { reason, now, revokedUntil } = ending;
    const [era, ended, children] = (await CREATE_BOUNDED_SESSION.run(
      this.redis.required,
      [
        redisKeys.session(id),
        redisKeys.subject(subject),
        redisKeys.epoch,
        redisKeys.revocations,
        redisKeys.ended(subject),
      ],
      [
        ...entryOf(session),
        others,
        reason,
        now.getTime(),
        revokedUntil.getTime(),
        SESSION_PREFIX,
        REVOKED_PREFIX,
        ...toFields(session),
      ],
    )) as [string, string[], string[]];
    if (ended.length > 0) await accompany(ended);
    return { era: Number(era), ended, children };
  }

  async create(session: NewSession): Promise<number> {
    const era = await CREATE_SESSION.run(
      this.redis.required,
      [redisKeys.session(session.id), redisKeys.subject(session.subject), redisKeys.epoch],
      [...entryOf(session), session.parentId ?? '', endsWithParent(session) ? 1 : '', ...toFields(session)],
    ).catch(endedIfThereIsOne);
    if (era === null) throw new SessionEndedError();
    return Number(era);
  }

  async findById(id: string): Promise<Session | undefined> {
    const keys = [redisKeys.session(id), redisKeys.epoch];
    return toSession(fromPairs((await FIND_SESSION.run(this.redis.required, keys)) as string[]));
  }

  async findOpen(subject: string, now: Date, { limit, after }: SessionPage): Promise<Session[]> {
    const isOpen = (session: Session) => session.endedAt === null && !isExpired(session, now.getTime());
    return this.list(redisKeys.subject(subject), limit, isOpen, after);
  }

  override async findGrants(search: GrantSearch): Promise<OpenGrant[]> {
    return findGrantsInRedis(this.redis.required, (id) => this.findById(id), search);
  }

  async findPast(subject: string, now: Date, limit: number): Promise<Session[]> {
    const ended = await this.list(redisKeys.ended(subject), limit, () => true);
    const isOver = (session: Session) => session.endedAt !== null || isExpired(session, now.getTime());
    const expired = await this.list(redisKeys.subject(subject), limit, isOver);
    return [...ended, ...expired].toSorted(byLastUse).slice(0, limit);
  }

  async rotate(rotation: SessionRotation): Promise<Session | undefined> {
    const { id, generation, secretHash, clientId, jkt, now, graceUntil, idleExpiresAt } = rotation;
    const row = await ROTATE_SESSION.run(
      this.redis.required,
      [redisKeys.session(id), redisKeys.epoch],
      [
        generation,
        secretHash,
        now.getTime(),
        graceUntil?.getTime() ?? '',
        idleExpiresAt.getTime(),
        KEPT_EXPIRED,
        redisKeys.subject(''),
        id,
        clientId ?? '',
        jkt ?? '',
      ],
    );
    return row === null ? undefined : toSession(fromPairs(row as string[]));
  }

  async reauthenticate(id: string, subject: string, now: Date): Promise<boolean> {
    const keys = [redisKeys.session(id), redisKeys.epoch];
    return (await REAUTHENTICATE_SESSION.run(this.redis.required, keys, [subject, now.getTime()])) === 1;
  }

  async end(id: string, subject: string, { reason, now, revokedUntil }: SessionEnding): Promise<string[]> {
    const ended = await END_ONE_SESSION.run(
      this.redis.required,
      [redisKeys.session(id), redisKeys.subject(subject), redisKeys.revocations, redisKeys.ended(subject)],
      [id, reason, now.getTime(), revokedUntil.getTime(), REVOKED_PREFIX],
    );
    return ended as string[];
  }

  async endAll(subject: string, all: AllToEnd): Promise<EndedAll> {
    const { reason, now, revokedUntil, except = '', erase } = all;
    const answer = await END_ALL_SESSIONS.run(
      this.redis.required,
      [redisKeys.subject(subject), redisKeys.revocations, redisKeys.ended(subject)],
      [reason, now.getTime(), revokedUntil.getTime(), REVOKED_PREFIX, except, erase ? 1 : '', ENDED_AT_ONCE],
    );
    const [number, spared, count, ids] = answer as [string, string, number, string[]];
    return { count, ids, era: { number: Number(number), spared: spared || null } };
  }

  /** The first of the sorted set that are wanted, step by step. */
  private async list(
    key: string,
    limit: number,
    isWanted: (session: Session) => boolean,
    after?: SessionPosition,
  ): Promise<Session[]> {
    const found: Session[] = [];
    let from: readonly (string | number)[] = after ? [after.lastUsedAt.getTime(), after.id] : ['+inf', ''];
    while (from.length > 0 && found.length < limit) {
      const args = [SESSION_PREFIX, Math.min(limit + 1, LISTED_AT_ONCE), ...from];
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const step = await LIST_SESSIONS.run(this.redis.required, [key, redisKeys.epoch], args);
      const [rows, ...last] = step as [string[][], ...string[]];
      found.push(...rows.flatMap((row) => toSession(fromPairs(row)) ?? []).filter(isWanted));
      from = last;
    }
    return found.slice(0, limit);
  }

  async endAllForEveryone({ reason, now, revokedUntil }: SessionEnding): Promise<EndedAll> {
    let count = 0;
    await scanInSteps(this.redis.required, COUNT_SESSIONS, ([, open]) => {
      count += Number(open);
      return Promise.resolve(true);
    });
    const times = [reason, now.getTime(), revokedUntil.getTime()];
    const number = await BEGIN_EVERYONES_ERA.run(this.redis.required, [redisKeys.revocations], times);
    return { count, ids: [], era: { number: Number(number), spared: null } };
  }

  async settle(step: () => Promise<boolean>): Promise<void> {
    await settleErasInRedis(this.redis.required, step);
  }
}

/** Id, last use and time to live. */
function entryOf({ id, lastUsedAt, idleExpiresAt }: NewSession): (string | number)[] {
  const [used, end] = [lastUsedAt.getTime(), idleExpiresAt.getTime()];
  return [id, used, Math.max(0, end - used) + KEPT_EXPIRED];
}
