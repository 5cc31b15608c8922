import { Injectable } from '@nestjs/common';
import { Clock, toNumericDate } from '../../common/clock.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { redisKeys } from '../redis-keys.js';
import { ADD_REVOCATION, READ_REVOCATIONS } from './redis-revocation-scripts.js';
import { decodeRevocation, encodeRevocation, type Revocation } from './revocation.js';
import { RevocationStore, type TokenIdentity } from './revocation-store.js';

/** Renewed by every reading; milliseconds. Longer than any access token lives. */
const EPOCH_TTL = 30 * 86_400_000;

/**
 * Revocations beside the sessions in Redis. Redis may forget: after a restart, a flush or a fail-over nobody can tell
 * what was recorded before, so that all access tokens of before are dead then (sessions that are still there can be
 * refreshed).
 */
@Injectable()
export class RedisRevocationStore extends RevocationStore {
  readonly shared = true;
  private hasRead = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {
    super();
  }

  async add(revocation: Revocation): Promise<void> {
    const { kind, id, issuedBefore, expiresAt } = revocation;
    const life = expiresAt.getTime() - this.clock.now();
    if (life <= 0) return;
    await ADD_REVOCATION.run(
      this.redis.required,
      [redisKeys.revocations, redisKeys.revoked(kind, id)],
      [encodeRevocation(revocation), issuedBefore?.getTime() ?? '', life],
    );
  }

  async all(): Promise<Revocation[]> {
    if (!this.hasRead) await this.redis.untilReady();
    this.hasRead = true;
    return this.read(-1);
  }

  async recent(window: number): Promise<Revocation[]> {
    return this.read(window);
  }

  async isRevoked({ sessionId, subject, tokenId, issuedAt }: TokenIdentity): Promise<boolean> {
    const [epoch, ...found] = await this.redis.required.mget(
      redisKeys.epoch,
      redisKeys.revoked('session', sessionId),
      redisKeys.revoked('token', tokenId),
      redisKeys.revoked('subject', subject),
      redisKeys.revoked('all', ''),
    );
    if (epoch === null || epoch === undefined) throw new Error('Redis has lost its data.');
    const whole = Number(epoch.slice(epoch.indexOf(':') + 1));
    return issuedAt < whole || found.some((before) => isBefore(issuedAt, before));
  }

  private async read(window: number): Promise<Revocation[]> {
    const now = this.clock.now();
    // `iat` is in whole seconds: those of this second count as issued before.
    const nextSecond = (toNumericDate(now) + 1) * 1000;
    const [epoch, encoded] = (await READ_REVOCATIONS.run(
      this.redis.required,
      [redisKeys.epoch, redisKeys.revocations],
      [nextSecond, window, EPOCH_TTL],
    )) as [string, string[]];
    const lost: Revocation = {
      kind: 'all',
      id: '',
      issuedBefore: new Date(Number(epoch)),
      expiresAt: new Date(now + EPOCH_TTL),
    };
    const known = encoded.flatMap((text) => decodeRevocation(text) ?? []);
    return [lost, ...known.filter(({ expiresAt }) => expiresAt.getTime() > now)];
  }
}

function isBefore(issuedAt: number, before: string | null | undefined): boolean {
  if (before === null || before === undefined) return false;
  return before === '' || issuedAt < Number(before);
}
