import { RedisConnection } from '../../redis/redis-connection.js';
import { missingRights, PUSH_PREFIX } from '../../redis/redis-rights.js';
import { RedisUnusableError } from '../../redis/redis-unusable-error.js';
import type { Findings } from './finding.js';
import type { Check } from './subject.js';

/** Redis: that it answers, allows what is needed, and keeps what it is given. */
export const redisCheck: Check = {
  name: 'redis',
  needs: ['REDIS_URL', 'SESSION_STORE'],
  look: async ({ config: { redis, tokens } }, findings) => {
    if (redis.url === undefined) {
      findings.ok('REDIS_URL is not set: everything is in the database.');
      return;
    }
    const sessions = tokens.sessionStore === 'redis';
    const connection = await RedisConnection.open(redis.url);
    try {
      const failure = await connection.firstContact;
      if (failure) throw new RedisUnusableError(failure);
      await lookAtRights(connection, sessions);
      const info = await connection.required.info().catch(() => '');
      lookAtMemory(info, sessions, findings);
      if (sessions) lookAtPersistence(info, findings);
      const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of a version that it does not tell';
      if (findings.all.length === 0) findings.ok(`Redis ${version} answers, and keeps what it is given.`);
    } finally {
      connection.onApplicationShutdown();
    }
  },
};

async function lookAtRights(connection: RedisConnection, sessions: boolean): Promise<void> {
  const missing = await missingRights(connection.required, sessions);
  if (missing.length > 0)
    throw new RedisUnusableError(new Error(`it does not allow its user ${missing.join(' ')}`));
  try {
    await connection.tryDatabaseAnd(`${PUSH_PREFIX}rights`);
  } catch (error) {
    throw new RedisUnusableError(error as Error);
  }
}

function lookAtMemory(info: string, sessions: boolean, findings: Findings): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return;
  const advice = 'Set its maxmemory-policy to noeviction.';
  const bounded = !/^maxmemory:0\s/m.test(info);
  if (sessions && bounded)
    findings.fail(`Its maxmemory-policy is ${policy}: it may drop sessions and revocations.`, advice);
  else if (sessions)
    findings.warn(`Its maxmemory-policy is ${policy}: with a maxmemory it would drop sessions.`, advice);
  else findings.warn(`Its maxmemory-policy is ${policy}: it may drop counters of wrong passwords.`, advice);
}

function lookAtPersistence(info: string, findings: Findings): void {
  if (!/^aof_enabled:0/m.test(info)) return;
  findings.warn(
    'It writes no append-only file: after a restart all users have to log in again.',
    'Set appendonly to yes there.',
  );
}
