import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TokensConfig } from '../config/config.js';
import { RedisConnection } from './redis-connection.js';
import { isNoRight, missingRights, PUSH_PREFIX } from './redis-rights.js';
import { RedisUnusableError } from './redis-unusable-error.js';

/** A password that Redis does not know, or none, or a database that it has not: no waiting makes it right. */
const REFUSED = /^(WRONGPASS|NOAUTH|ERR invalid password|ERR (DB index|invalid DB))/;

/**
 * Says at the start what Redis does not allow, and whether it may drop what it is given. Where only limits and messages
 * go through Redis, a server starts without it, and this is said when it is there.
 */
@Injectable()
export class RedisStartCheck implements OnModuleInit {
  private readonly logger = new Logger('Redis');
  private readonly sessions: boolean;

  constructor(
    private readonly redis: RedisConnection,
    { sessionStore }: TokensConfig,
  ) {
    this.sessions = sessionStore === 'redis';
  }

  async onModuleInit(): Promise<void> {
    const { client } = this.redis;
    if (!client) return;
    try {
      if (this.sessions) await this.redis.untilReady();
      await this.check(this.sessions ? undefined : await this.redis.firstContact);
    } catch (error) {
      if (!this.sessions && !(error instanceof RedisUnusableError)) {
        client.once('ready', () => void this.checkLate());
        return;
      }
      this.redis.onApplicationShutdown();
      throw error;
    }
  }

  private async checkLate(): Promise<void> {
    try {
      await this.check();
    } catch (error) {
      this.logger.error((error as Error).message);
    }
  }

  /**
   * @param failure of the connection
   * @throws RedisUnusableError if waiting does not help
   */
  private async check(failure?: Error): Promise<void> {
    if (failure) throw REFUSED.test(failure.message) ? new RedisUnusableError(failure) : failure;
    const missing = await this.missing();
    if (missing.length > 0) {
      throw new RedisUnusableError(new Error(`it does not allow its user ${missing.join(' ')}`));
    }
    await this.checkEviction();
  }

  private async missing(): Promise<string[]> {
    const missing = await missingRights(this.redis.required, this.sessions);
    try {
      await this.redis.tryDatabaseAnd(`${PUSH_PREFIX}rights`);
    } catch (error) {
      if (!isNoRight(error)) throw isRefusal(error) ? new RedisUnusableError(error) : error;
      missing.push(/'select'/i.test(error.message) ? '+select' : `+subscribe &${PUSH_PREFIX}*`);
    }
    return missing;
  }

  /** A revocation that Redis evicts would let its token in; a counter, an attacker who guesses. */
  private async checkEviction(): Promise<void> {
    // Not every user may ask.
    const memory = await this.redis.required.info('memory').catch(() => '');
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
    if (policy === 'noeviction') return;
    if (!this.sessions) {
      this.logger.warn(
        `Redis may evict counters of limits and of wrong passwords: set its maxmemory-policy, ${policy}, to noeviction.`,
      );
    } else if (/^maxmemory:0\s/m.test(memory)) {
      this.logger.warn(
        `Redis would evict sessions and revocations if it had a maxmemory: set its maxmemory-policy, ${policy}, to noeviction.`,
      );
    } else {
      throw new RedisUnusableError(
        new Error(`its maxmemory-policy is ${policy}; sessions need noeviction, or no maxmemory`),
      );
    }
  }
}

/** The server said so, and not the way to it. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}
