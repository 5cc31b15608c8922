import { createSecretKey, type KeyObject } from 'node:crypto';
import { join, resolve } from 'node:path';
import { ConfigurationError } from './configuration-error.js';
import { dataDirProblem } from './data-dir-problem.js';
import type { Environment } from './environment.js';
import { generatedSecret } from './generated-secret.js';
import { type EnvironmentSource, readEnvironment } from './read-environment.js';
import { loadAccountConfig } from './load-account-config.js';
import { duration } from './parsed.js';
import { splitList } from './rules.js';
import { isStrongSecret } from './strong-secret.js';
import type { LatchkeyConfig, LogLevel, SigningAlg } from './slices.js';

/**
 * The configuration from the environment. Outside production a missing `APP_SECRET` is generated into `DATA_DIR`.
 * @param listeningPort stands in for `PORT`, once `PORT=0` has been resolved to a free one
 * @throws ConfigurationError with one line for each bad value
 */
export function loadConfig(source: EnvironmentSource = process.env, listeningPort?: number): LatchkeyConfig {
  const env = readEnvironment(source);
  const production = env.NODE_ENV === 'production';
  const dataDir = resolve(env.DATA_DIR);
  const port = listeningPort ?? Number(env.PORT);
  const publicUrl = (env.PUBLIC_URL ?? `http://localhost:${port}`).replace(/\/+$/, '');
  const signingKeyFiles = splitList(env.SIGNING_KEY_FILES);

  return deepFreeze<LatchkeyConfig>({
    app: { name: env.APP_NAME, production, logLevel: env.LOG_LEVEL as LogLevel, dataDir },
    http: {
      host: env.HOST,
      port,
      publicUrl,
      trustProxy: parseTrustProxy(env.TRUST_PROXY),
      corsOrigins: splitList(env.CORS_ORIGINS),
      docs: env.DOCS === undefined ? !production : ['on', 'true', '1'].includes(env.DOCS),
    },
    database: {
      url: env.DATABASE_URL,
      poolMax: Number(env.DATABASE_POOL_MAX),
      directory: join(dataDir, 'database'),
      schema: env.DATABASE_SCHEMA,
    },
    redis: { url: env.REDIS_URL },
    tokens: {
      appSecret: appSecret(env, dataDir),
      appSecretPrevious:
        env.APP_SECRET_PREVIOUS === undefined ? undefined : secretKey(env.APP_SECRET_PREVIOUS),
      issuer: publicUrl,
      audience: env.AUDIENCE ?? publicUrl,
      signingAlg: env.SIGNING_ALG as SigningAlg,
      signingKeyFiles,
      jwtSecret: env.JWT_SECRET === undefined ? undefined : secretKey(env.JWT_SECRET),
      accessTokenTtl: duration(env.ACCESS_TOKEN_TTL),
      refreshTokenTtl: duration(env.REFRESH_TOKEN_TTL),
      sessionMaxAge: duration(env.SESSION_MAX_AGE),
      sessionsPerUser: env.SESSIONS_PER_USER === undefined ? undefined : Number(env.SESSIONS_PER_USER),
      refreshGrace: duration(env.REFRESH_GRACE),
      signingKeyRotation: duration(env.SIGNING_KEY_ROTATION),
      clockLeeway: duration(env.CLOCK_LEEWAY),
      revocationMaxStaleness: duration(env.REVOCATION_MAX_STALENESS),
      revocationCheck: env.REVOCATION_CHECK as 'memory' | 'store',
      sessionStore: env.SESSION_STORE as 'database' | 'redis',
    },
    ...loadAccountConfig(env, publicUrl, dataDir),
  });
}

/** Validation has made sure that production has one. */
function appSecret(env: Environment, dataDir: string): KeyObject {
  if (env.APP_SECRET !== undefined) return secretKey(env.APP_SECRET);
  let secret: string;
  try {
    secret = generatedSecret(dataDir);
  } catch (error) {
    throw new ConfigurationError([dataDirProblem(error as NodeJS.ErrnoException)]);
  }
  if (!isStrongSecret(secret)) {
    throw new ConfigurationError([
      `DATA_DIR cannot be used: ${join(dataDir, 'app-secret')} holds no secret that was generated. Restore it, or choose another directory.`,
    ]);
  }
  return secretKey(secret);
}

/** A KeyObject shows nothing when it is logged or serialised. */
function secretKey(text: string): KeyObject {
  return createSecretKey(Buffer.from(text, 'utf8'));
}

function parseTrustProxy(text: string | undefined): false | number | string {
  if (text === undefined) return false;
  return /^\d+$/.test(text) ? Number(text) : splitList(text).join(',');
}

function deepFreeze<T extends object>(value: T): T {
  for (const nested of Object.values(value)) {
    if (isPlain(nested)) deepFreeze(nested);
  }
  return Object.freeze(value);
}

/** Objects and lists of ours; not keys. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
