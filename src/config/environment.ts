import { IsIn, IsNotEmpty, IsOptional, ValidateIf } from 'class-validator';
import { ACCOUNT_ENVIRONMENT_NAMES, AccountEnvironment } from './account-environment.js';
import {
  IsDatabaseSchema,
  IsDuration,
  IsIntegerBetween,
  IsKeyFileList,
  IsOriginList,
  IsRedisUrl,
  IsSessionStore,
  IsStrongSecret,
  IsTrustedProxies,
  IsUrlOf,
} from './rules.js';

export const SIGNING_ALGS = ['ES256', 'ES384', 'RS256', 'PS256', 'HS256'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Beyond that, a stolen token would be taken for a lost answer. */
const REFRESH_GRACE_MAX = 3_600_000;
const CLOCK_LEEWAY_MAX = 300_000;
const SWITCH = ['on', 'off', 'true', 'false', '1', '0'] as const;

/** The environment as text, by name. Defaults stand here where they are plain; the rest in `load-config.ts`. */
export class Environment extends AccountEnvironment {
  @IsIn(['development', 'production', 'test'], { message: 'must be development, production or test' })
  NODE_ENV = 'development';

  @IsNotEmpty({ message: 'must be an address to listen on' })
  HOST = '127.0.0.1';

  @IsIntegerBetween(0, 65_535)
  PORT = '3000';

  @IsOptional()
  @IsUrlOf(['http:', 'https:'], true)
  PUBLIC_URL?: string;

  @IsNotEmpty({ message: 'must be a directory' })
  DATA_DIR = './data';

  @IsOptional()
  @IsUrlOf(['postgres:', 'postgresql:'])
  DATABASE_URL?: string;

  @IsIntegerBetween(1, 1000)
  DATABASE_POOL_MAX = '10';

  @IsOptional()
  @IsDatabaseSchema()
  DATABASE_SCHEMA?: string;

  @IsOptional()
  @IsRedisUrl()
  REDIS_URL?: string;

  @IsIn(['database', 'redis'], { message: 'must be database or redis' })
  @IsSessionStore()
  SESSION_STORE = 'database';

  // Generated elsewhere.
  @ValidateIf((env: Environment) => env.NODE_ENV === 'production' || env.APP_SECRET !== undefined)
  @IsStrongSecret()
  APP_SECRET?: string;

  @IsOptional()
  @IsStrongSecret()
  APP_SECRET_PREVIOUS?: string;

  @IsIn(SIGNING_ALGS, { message: `must be one of ${SIGNING_ALGS.join(', ')}` })
  SIGNING_ALG = 'ES256';

  @IsOptional()
  @IsKeyFileList()
  SIGNING_KEY_FILES?: string;

  @ValidateIf((env: Environment) => env.SIGNING_ALG === 'HS256' || env.JWT_SECRET !== undefined)
  @IsStrongSecret()
  JWT_SECRET?: string;

  @IsOptional()
  @IsNotEmpty()
  AUDIENCE?: string;

  @IsDuration()
  ACCESS_TOKEN_TTL = '15m';

  @IsDuration()
  REFRESH_TOKEN_TTL = '7d';

  @IsDuration()
  SESSION_MAX_AGE = '30d';

  @IsOptional()
  @IsIntegerBetween(1, 10_000)
  SESSIONS_PER_USER?: string;

  @IsDuration(0, REFRESH_GRACE_MAX)
  REFRESH_GRACE = '10s';

  @IsDuration()
  SIGNING_KEY_ROTATION = '30d';

  @IsDuration(0, CLOCK_LEEWAY_MAX)
  CLOCK_LEEWAY = '5s';

  @IsDuration()
  REVOCATION_MAX_STALENESS = '5s';

  @IsIn(['memory', 'store'], { message: 'must be memory or store' })
  REVOCATION_CHECK = 'memory';

  @IsOptional()
  @IsTrustedProxies()
  TRUST_PROXY?: string;

  @IsOptional()
  @IsOriginList()
  CORS_ORIGINS?: string;

  @IsOptional()
  @IsIn(SWITCH, { message: 'must be on or off' })
  DOCS?: string;

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL = 'info';
}

/** Names that may be set; optional ones have no property until then. */
export const ENVIRONMENT_NAMES = [
  ...ACCOUNT_ENVIRONMENT_NAMES,
  'NODE_ENV',
  'HOST',
  'PORT',
  'PUBLIC_URL',
  'DATA_DIR',
  'DATABASE_URL',
  'DATABASE_POOL_MAX',
  'DATABASE_SCHEMA',
  'REDIS_URL',
  'SESSION_STORE',
  'APP_SECRET',
  'APP_SECRET_PREVIOUS',
  'SIGNING_ALG',
  'SIGNING_KEY_FILES',
  'JWT_SECRET',
  'AUDIENCE',
  'ACCESS_TOKEN_TTL',
  'REFRESH_TOKEN_TTL',
  'SESSION_MAX_AGE',
  'SESSIONS_PER_USER',
  'REFRESH_GRACE',
  'SIGNING_KEY_ROTATION',
  'CLOCK_LEEWAY',
  'REVOCATION_MAX_STALENESS',
  'REVOCATION_CHECK',
  'TRUST_PROXY',
  'CORS_ORIGINS',
  'DOCS',
  'LOG_LEVEL',
] as const satisfies readonly (keyof Environment)[];
