import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../../redis/redis-connection.js';
import { redisKeys, REVOKED_PREFIX, SESSION_PREFIX } from '../redis-keys.js';
import {
  CREATE_SESSION,
  END_SCANNED_SESSIONS,
  END_SESSIONS,
  ERASE_ENDED,
  FIND_SESSION,
  LIST_SESSIONS,
  REAUTHENTICATE_SESSION,
  ROTATE_SESSION,
} from './redis-session-scripts.js';
import { CREATE_BOUNDED_SESSION } from './redis-bounded-session-script.js';
import { byLastUse, fromPairs, toFields, toSession } from './redis-session-fields.js';
import { isExpired, type Session } from './session.js';
import type { SessionPage, SessionPosition } from './session-page.js';
import {
  type SessionBound,
  type SessionEnding,
  type SessionRotation,
  SessionsRepository,
} from './sessions.repository.js';

/** Sessions that have expired answer so for a day; then they are unknown. Milliseconds. */
const KEPT_EXPIRED = 86_400_000;

/** Keys that one step looks at, so that other clients do not wait long. */
const LOOKED_AT_ONCE = 1_000;
/** The same where each is answered with all its fields. */
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

  async createBounded(session: Session, { others, ending, accompany }: SessionBound): Promise<string[]> {
    const { id, subject } = session;
    const { reason, now, revokedUntil } = ending;
    const ids = (await CREATE_BOUNDED_SESSION.run(
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
    )) as string[];
    if (ids.length > 0) await accompany(ids);
    return ids;
  }

  async create(session: Session): Promise<void> {
    await CREATE_SESSION.run(
      this.redis.required,
      [redisKeys.session(session.id), redisKeys.subject(session.subject), redisKeys.epoch],
      [...entryOf(session), ...toFields(session)],
    );
  }

  async findById(id: string): Promise<Session | undefined> {
    const row = await FIND_SESSION.run(this.redis.required, [redisKeys.session(id), redisKeys.epoch]);
    return toSession(fromPairs(row as string[]));
  }

  async findOpen(subject: string, now: Date, { limit, after }: SessionPage): Promise<Session[]> {
    const isOpen = (session: Session) => session.endedAt === null && !isExpired(session, now.getTime());
    return this.list(redisKeys.subject(subject), limit, isOpen, after);
  }

  async findPast(subject: string, now: Date, limit: number): Promise<Session[]> {
    const ended = await this.list(redisKeys.ended(subject), limit, () => true);
    const isOver = (session: Session) => isExpired(session, now.getTime());
    const expired = await this.list(redisKeys.subject(subject), limit, isOver);
    return [...ended, ...expired].toSorted(byLastUse).slice(0, limit);
  }

  async rotate(rotation: SessionRotation): Promise<Session | undefined> {
    const { id, generation, secretHash, now, graceUntil, idleExpiresAt } = rotation;
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
      ],
    );
    return row === null ? undefined : toSession(fromPairs(row as string[]));
  }

  async reauthenticate(id: string, subject: string, now: Date): Promise<boolean> {
    const keys = [redisKeys.session(id), redisKeys.epoch];
    return (await REAUTHENTICATE_SESSION.run(this.redis.required, keys, [subject, now.getTime()])) === 1;
  }

  async end(id: string, subject: string, ending: SessionEnding): Promise<boolean> {
    return (await this.endSessions(subject, ending, '', [id])).length > 0;
  }

  async endAll(subject: string, ending: SessionEnding, exceptId = ''): Promise<string[]> {
    return this.endSessions(subject, ending, exceptId, []);
  }

  async erasePast(subject: string): Promise<void> {
    await ERASE_ENDED.run(this.redis.required, [redisKeys.ended(subject)], [SESSION_PREFIX]);
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

  /** Step by step: SCAN finds each session that is there from the first step to the last, and its step ends it. */
  async endAllForEveryone({ reason, now, revokedUntil }: SessionEnding): Promise<string[]> {
    const times = [now.getTime(), revokedUntil.getTime()];
    const prefixes = [SESSION_PREFIX, redisKeys.subject(''), REVOKED_PREFIX];
    const all: string[] = [];
    let cursor = '0';
    do {
      const args = [cursor, LOOKED_AT_ONCE, reason, ...times, ...prefixes];
      // oxlint-disable-next-line eslint/no-await-in-loop -- each begins where the one before ended
      const step = await END_SCANNED_SESSIONS.run(this.redis.required, [redisKeys.revocations], args);
      const [next, ended] = step as [string, string[]];
      all.push(...ended);
      cursor = next;
    } while (cursor !== '0');
    return all;
  }

  private async endSessions(
    subject: string,
    { reason, now, revokedUntil }: SessionEnding,
    exceptId: string,
    ids: readonly string[],
  ): Promise<string[]> {
    return (await END_SESSIONS.run(
      this.redis.required,
      [redisKeys.subject(subject), redisKeys.revocations, redisKeys.ended(subject)],
      [
        subject,
        reason,
        now.getTime(),
        revokedUntil.getTime(),
        SESSION_PREFIX,
        REVOKED_PREFIX,
        exceptId,
        ...ids,
      ],
    )) as string[];
  }
}

/** Id, last use and time to live. */
function entryOf({ id, lastUsedAt, idleExpiresAt }: Session): (string | number)[] {
  const lastUsed = lastUsedAt.getTime();
  return [id, lastUsed, Math.max(0, idleExpiresAt.getTime() - lastUsed) + KEPT_EXPIRED];
}
