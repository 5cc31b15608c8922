import type { KeyObject } from 'node:crypto';
import type { LOG_LEVELS, SIGNING_ALGS } from './environment.js';
import type { Quota } from './rules.js';

export type SigningAlg = (typeof SIGNING_ALGS)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Each slice is a class, so that it is its own injection token; all are frozen. Durations are milliseconds. */
export abstract class AppConfig {
  abstract readonly production: boolean;
  abstract readonly logLevel: LogLevel;
  /** Absolute path. */
  abstract readonly dataDir: string;
}

export abstract class HttpConfig {
  abstract readonly host: string;
  /** 0 picks a free one. */
  abstract readonly port: number;
  /** Without a trailing slash. */
  abstract readonly publicUrl: string;
  /** What Fastify's `trustProxy` takes: false, a hop count, or addresses. */
  abstract readonly trustProxy: false | number | string;
  abstract readonly corsOrigins: readonly string[];
  /** Serve Swagger UI and the OpenAPI document. */
  abstract readonly docs: boolean;
}

export abstract class DatabaseConfig {
  /** Undefined: embedded PGlite in `directory`. */
  abstract readonly url: string | undefined;
  abstract readonly poolMax: number;
  abstract readonly directory: string;
}

export abstract class RedisConfig {
  abstract readonly url: string | undefined;
}

export abstract class TokensConfig {
  /** Root of derived keys. */
  abstract readonly appSecret: KeyObject;
  /** Still accepted, never used anew. */
  abstract readonly appSecretPrevious: KeyObject | undefined;
  abstract readonly issuer: string;
  abstract readonly audience: string;
  abstract readonly signingAlg: SigningAlg;
  /** PEM files; empty: keys live in the database. */
  abstract readonly signingKeyFiles: readonly string[];
  abstract readonly jwtSecret: KeyObject | undefined;
  abstract readonly accessTokenTtl: number;
  abstract readonly refreshTokenTtl: number;
  abstract readonly sessionMaxAge: number;
  abstract readonly refreshGrace: number;
  /** How long a key of the database signs. */
  abstract readonly signingKeyRotation: number;
  /** How far ahead another instance's clock may be. Expiry is never stretched. */
  abstract readonly clockLeeway: number;
  /** How old the knowledge of what is revoked may be before nobody is let in. */
  abstract readonly revocationMaxStaleness: number;
  /** `store` asks the store on every request, too. */
  abstract readonly revocationCheck: 'memory' | 'store';
  abstract readonly sessionStore: 'database' | 'redis';
}

export abstract class PasswordsConfig {
  abstract readonly algorithm: 'bcrypt' | 'argon2id';
  abstract readonly bcryptCost: number;
  abstract readonly workers: number;
}

export abstract class ThrottlingConfig {
  abstract readonly login: Quota;
  abstract readonly register: Quota;
  abstract readonly refresh: Quota;
}

export abstract class AuditConfig {
  /** How long audit events are kept. */
  abstract readonly retention: number;
}

/** All slices. What `ConfigModule.forRoot` takes; made from the environment by `loadConfig`. */
export interface LatchkeyConfig {
  readonly app: AppConfig;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly redis: RedisConfig;
  readonly tokens: TokensConfig;
  readonly passwords: PasswordsConfig;
  readonly throttling: ThrottlingConfig;
  readonly audit: AuditConfig;
}
