import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, toNumericDate } from '../../common/clock.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { redisKeys } from '../redis-keys.js';
import { ADD_REVOCATION, READ_REVOCATIONS } from './redis-revocation-scripts.js';
import { decodeRevocation, type Revocation } from './revocation.js';
import { isOfEarlierEra } from './revocation-set.js';
import { RevocationStore, type TokenIdentity } from './revocation-store.js';

const SECOND = 1_000;
/** Renewed by every reading; milliseconds. Longer than any access token lives. */
export const EPOCH_TTL = 30 * 86_400_000;

/**
 * Revocations beside the sessions in Redis. Redis may forget: after a restart, a flush or a fail-over it is not known
 * what was recorded before, so that all access tokens of before are dead then (sessions that are still there can be
 * refreshed).
 */
@Injectable()
export class RedisRevocationStore extends RevocationStore {
  readonly shared = true;
  private hasRead = false;
  /** The epoch that was read last. */
  private since = 0;

  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {
    super();
  }

  async add(revocation: Revocation): Promise<Revocation> {
    const { kind, id, issuedBefore, expiresAt } = revocation;
    const life = expiresAt.getTime() - this.clock.now();
    if (life <= 0) return revocation;
    const before = (await ADD_REVOCATION.run(
      this.redis.required,
      [redisKeys.revocations, redisKeys.revoked(kind, id)],
      [kind, id, issuedBefore?.getTime() ?? '', expiresAt.getTime(), life],
    )) as string;
    return { ...revocation, issuedBefore: before === '' ? null : new Date(Number(before)) };
  }

  async all(): Promise<Revocation[]> {
    if (this.hasRead) return this.read(-1);
    await this.redis.untilReady();
    const revocations = await this.read(-1);
    // An epoch that begins with this start begins with the next second. Tokens wait for it, so that they need not bear a
    // time ahead, at which the next epoch may begin.
    const ahead = Math.min(this.since - this.clock.now(), SECOND);
    if (ahead > 0) await this.clock.wait(ahead);
    this.hasRead = true;
    return revocations;
  }

  async recent(window: number): Promise<Revocation[]> {
    return this.read(window);
  }

  async isRevoked(token: TokenIdentity): Promise<boolean> {
    const { sessionId, subject, tokenId, issuedAt } = token;
    const redis = this.redis.required;
    const [[epoch, ...found], ...eras] = await Promise.all([
      redis.mget(
        redisKeys.epoch,
        redisKeys.revoked('session', sessionId),
        redisKeys.revoked('token', tokenId),
        redisKeys.revoked('subject', subject),
        redisKeys.revoked('all', ''),
      ),
      ...[subject, ''].map((id) => redis.hmget(redisKeys.era(id), 'number', 'endedAt', 'spared')),
    ]);
    if (epoch === null || epoch === undefined) throw new Error('Redis has lost its data.');
    const whole = Number(epoch.split(':')[1]);
    return (
      issuedAt < whole ||
      found.some((before) => isBefore(issuedAt, before)) ||
      eras.some(
        ([number, endedAt, spared]) =>
          number && spared !== sessionId && isOfEarlierEra(token, Number(number), Number(endedAt)),
      )
    );
  }

  private async read(window: number): Promise<Revocation[]> {
    const now = this.clock.now();
    // `iat` is in whole seconds: those of this second count as issued before, and those that bear the start of an epoch
    // which is lost again in its first second.
    const nextSecond = (toNumericDate(Math.max(now, this.since)) + 1) * 1000;
    const [epoch, encoded] = (await READ_REVOCATIONS.run(
      this.redis.required,
      [redisKeys.epoch, redisKeys.revocations, redisKeys.lastEra],
      [nextSecond, window, EPOCH_TTL, randomUUID()],
    )) as [string, string[]];
    this.since = Number(epoch);
    const lost: Revocation = {
      kind: 'all',
      id: '',
      issuedBefore: new Date(Number(epoch)),
      expiresAt: new Date(now + EPOCH_TTL),
    };
    return [lost, ...encoded.flatMap((text) => decodeRevocation(text) ?? [])];
  }
}

function isBefore(issuedAt: number, before: string | null | undefined): boolean {
  if (before === null || before === undefined) return false;
  return before === '' || issuedAt < Number(before);
}
