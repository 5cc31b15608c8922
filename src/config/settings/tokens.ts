import { duration, integer, list, nonBlank, oneOf, secret } from './parsers.js';
import { type Settings, configOf } from './setting.js';

/** Beyond that, a stolen token would be taken for a lost answer. */
const REFRESH_GRACE_MAX = 3_600_000;
const CLOCK_LEEWAY_MAX = 300_000;

export const TOKEN_SETTINGS = {
  appSecret: {
    name: 'APP_SECRET',
    derived: 'generated into `DATA_DIR` outside production',
    parser: secret(),
    meaning: '≥ 32 random bytes (`openssl rand -base64 48`), the root of derived keys',
  },
  appSecretPrevious: {
    name: 'APP_SECRET_PREVIOUS',
    unset: 'none',
    parser: secret(),
    meaning: 'the `APP_SECRET` of before, still accepted and never used anew',
  },
  signingAlg: {
    name: 'SIGNING_ALG',
    default: 'ES256',
    parser: oneOf('ES256', 'ES384', 'RS256', 'PS256', 'HS256'),
    meaning: '`ES256`, `ES384`, `RS256`, `PS256` or `HS256` (no JWKS then)',
  },
  signingKeyFiles: {
    name: 'SIGNING_KEY_FILES',
    unset: 'keys in the database',
    fallback: [],
    parser: list('must be a comma-separated list of PEM files'),
    meaning:
      'comma-separated PEM files: the first signs, the others verify; read again when they change; not with `HS256`',
    example: '/run/secrets/signing.pem, /run/secrets/previous.pem',
  },
  signingKeyRotation: {
    name: 'SIGNING_KEY_ROTATION',
    default: '30d',
    parser: duration(),
    meaning: 'how long a key of the database signs; the next is published before',
  },
  jwtSecret: {
    name: 'JWT_SECRET',
    unset: 'none',
    parser: secret(),
    meaning: 'the `HS256` secret, ≥ 32 random bytes; needed for it',
  },
  audience: {
    name: 'AUDIENCE',
    derived: '`PUBLIC_URL`',
    parser: nonBlank('the audience of access tokens'),
    meaning: '`aud` of access tokens',
    example: 'https://api.example.com',
  },
  accessTokenTtl: {
    name: 'ACCESS_TOKEN_TTL',
    default: '15m',
    parser: duration(),
    meaning: 'how long an access token is good',
  },
  refreshTokenTtl: {
    name: 'REFRESH_TOKEN_TTL',
    default: '7d',
    parser: duration(),
    meaning: 'idle lifetime of a session, renewed by each refresh',
  },
  sessionMaxAge: {
    name: 'SESSION_MAX_AGE',
    default: '30d',
    parser: duration(),
    meaning: 'absolute lifetime of a session',
  },
  sessionsPerUser: {
    name: 'SESSIONS_PER_USER',
    unset: 'no limit',
    parser: integer(1, 10_000),
    meaning: 'how many open sessions a user has at most; at a login beyond it the one used longest ago ends',
    example: '20',
  },
  sessionStore: {
    name: 'SESSION_STORE',
    default: 'database',
    parser: oneOf('database', 'redis'),
    meaning:
      'or `redis`, which needs `REDIS_URL`: sessions and revocations live in Redis ([what that asks of it](redis.md))',
  },
  refreshGrace: {
    name: 'REFRESH_GRACE',
    default: '10s',
    parser: duration(0, REFRESH_GRACE_MAX),
    meaning:
      'how long the token just replaced still answers, with the same successor; at most `1h`; `0s`: not at all',
  },
  clockLeeway: {
    name: 'CLOCK_LEEWAY',
    default: '5s',
    parser: duration(0, CLOCK_LEEWAY_MAX),
    meaning: "how far ahead another instance's clock may be, at most `5m`; expiry is never stretched",
  },
  revocationCheck: {
    name: 'REVOCATION_CHECK',
    default: 'memory',
    parser: oneOf('memory', 'store'),
    meaning:
      'or `store`: every request also asks the store what is revoked, and is answered 503 if that does not answer',
  },
  revocationFeedServices: {
    name: 'REVOCATION_FEED_SERVICES',
    unset: 'no feed',
    fallback: [],
    parser: list(
      'must be a comma-separated list of services, each a name, = and the SHA-256 of its token in hexadecimal digits',
      (service) => /^[\w.-]{1,64}=[\da-f]{64}$/.test(service),
    ),
    meaning:
      'other services that are told what is revoked ([how](resource-server.md#revocations)): `name=` and the SHA-256 of its token, in hexadecimal digits; two of one name while a token is replaced',
    example: 'billing=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  },
  revocationMaxStaleness: {
    name: 'REVOCATION_MAX_STALENESS',
    default: '5s',
    parser: duration(),
    meaning: 'how old the knowledge of what is revoked may be; beyond it protected routes answer 503',
  },
} as const satisfies Settings;

/** Keys, access tokens, sessions and their times. */
export abstract class TokensConfig extends configOf(TOKEN_SETTINGS) {
  abstract readonly issuer: string;
}
