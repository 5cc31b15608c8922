import { integer } from './parsers.js';
import { type Settings, configOf } from './setting.js';
import { databaseSchema } from './database-schema.js';
import { databaseUrl } from './database-url.js';
import { redisUrl } from './url-parsers.js';

export const DATABASE_SETTINGS = {
  url: {
    name: 'DATABASE_URL',
    unset: 'embedded PGlite in `DATA_DIR`',
    parser: databaseUrl(),
    meaning:
      '`postgres://[user:password@]host[:port]/database`, or `postgres://[user:password@]/database?host=/directory` for a socket; several hosts, and `sslmode`, as [here](postgresql.md#connections)',
    example: 'postgres://latchkey:password@localhost:5432/latchkey',
  },
  poolMax: {
    name: 'DATABASE_POOL_MAX',
    default: '10',
    parser: integer(1, 1000),
    meaning: 'connections to PostgreSQL per process',
  },
  schema: {
    name: 'DATABASE_SCHEMA',
    unset: '`latchkey`, or `public` where an installation is found there',
    parser: databaseSchema(),
    meaning:
      'the PostgreSQL schema of every table, the list of migrations included ([more](postgresql.md#the-schema-of-the-tables))',
    example: 'auth',
  },
} as const satisfies Settings;

export const REDIS_SETTINGS = {
  url: {
    name: 'REDIS_URL',
    unset: 'no Redis',
    parser: redisUrl(),
    meaning:
      'shared rate limits, revocations told at once: `redis://[user:password@]host[:port][/db]`, `redis+sentinel://[:password@]h1:p,h2:p/master[/db]`, `redis+cluster://[:password@]h1:p,h2:p`; `rediss…` with TLS',
    example: 'redis://localhost:6379',
  },
} as const satisfies Settings;

/** Where the database is; without a URL embedded PGlite in `directory`. */
export abstract class DatabaseConfig extends configOf(DATABASE_SETTINGS) {
  abstract readonly directory: string;
}

/** Where Redis is, if there is one. */
export abstract class RedisConfig extends configOf(REDIS_SETTINGS) {}
