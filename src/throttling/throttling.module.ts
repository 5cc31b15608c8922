import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { AccountThrottlingConfig } from '../config/config.js';
import { DatabaseConnection } from '../database/database.js';
import { StoragePurge } from '../database/purge/storage-purge.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AccountThrottle } from './account/account-throttle.js';
import { AttemptStore } from './account/attempt-store.js';
import { InProcessAttempts } from './account/in-process-attempts.js';
import { TrustedDeviceTokens } from './account/trusted-device-tokens.js';
import { PostgresAttempts } from './account/postgres-attempts.js';
import { RedisAttempts } from './account/redis-attempts.js';
import { ClientQuotas } from './requests/client-quotas.js';
import { PostgresCounts } from './requests/postgres-counts.js';
import { RateLimitEvents } from './requests/rate-limit-events.js';
import { RateLimiter } from './requests/rate-limiter.js';
import { RedisCounts } from './requests/redis-counts.js';
import { RequestCounts } from './requests/request-counts.js';
import { SubjectQuota } from './requests/subject-quota.js';
import { StoreCircuitBreaker } from './store/store-circuit-breaker.js';
import { EXPIRED_COUNTERS } from './store/throttling.table.js';

/** Rate limits, and the slowing down of guesses. Replaceable: `RateLimiter`, `AttemptStore`, `RateLimitEvents`. */
@Module({})
export class ThrottlingModule {
  /** @internal */
  constructor(purge: StoragePurge) {
    purge.declare(...EXPIRED_COUNTERS);
  }

  /**
   * Limits on requests and on wrong passwords.
   * @param options may replace `RateLimiter`, `AttemptStore`, `RateLimitEvents`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    const attemptStore = {
      provide: AttemptStore,
      inject: [AccountThrottlingConfig, RedisConnection, DatabaseConnection],
      useFactory: attemptStoreOf,
    };
    const requestCounts = {
      provide: RequestCounts,
      inject: [StoreCircuitBreaker, Clock, RedisConnection, DatabaseConnection],
      useFactory: requestCountsOf,
    };
    return {
      module: ThrottlingModule,
      global: true,
      imports: withImports([SecretsModule], options),
      providers: withOverrides(
        [
          StoreCircuitBreaker,
          requestCounts,
          RateLimitEvents,
          RateLimiter,
          ClientQuotas,
          SubjectQuota,
          attemptStore,
          AccountThrottle,
          TrustedDeviceTokens,
        ],
        options,
      ),
      exports: [
        RateLimitEvents,
        RateLimiter,
        ClientQuotas,
        SubjectQuota,
        AccountThrottle,
        TrustedDeviceTokens,
      ],
    };
  }
}

/** Added up in Redis where there is one, else in a database that others use, too. */
function requestCountsOf(
  patience: StoreCircuitBreaker,
  clock: Clock,
  { client }: RedisConnection,
  database: DatabaseConnection,
): RequestCounts {
  const store = client
    ? new RedisCounts(client)
    : database.shared
      ? new PostgresCounts(database.db)
      : undefined;
  return new RequestCounts(store, patience, clock);
}

/** Redis where there is one, else a database that others use, too, else this process. */
function attemptStoreOf(
  config: AccountThrottlingConfig,
  { client }: RedisConnection,
  connection: DatabaseConnection,
): AttemptStore {
  if (client) return new RedisAttempts(client, config);
  return connection.shared ? new PostgresAttempts(connection, config) : new InProcessAttempts(config);
}
