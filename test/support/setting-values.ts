import { ConfigurationError } from '../../src/config/configuration-error.js';
import { type EnvironmentSource, readSettings } from '../../src/config/read-settings.js';
import { ALL_SETTINGS, SETTINGS } from '../../src/config/settings/table.js';

export const NAMES = ALL_SETTINGS.map(({ name }) => name);

export const SECRET = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

/** One that is accepted, for every name. */
export const GOOD: Record<string, string> = {
  NODE_ENV: 'test',
  HOST: '0.0.0.0',
  PORT: '8080',
  PUBLIC_URL: 'https://id.example.com/auth',
  DATA_DIR: '/var/lib/latchkey',
  DATABASE_URL: 'postgres://user:word@db.internal:5432/latchkey?sslmode=require',
  DATABASE_POOL_MAX: '1',
  DATABASE_SCHEMA: 'The team\'s "auth" für alle',
  REDIS_URL: 'rediss://:word@redis.internal:6379/1',
  SESSION_STORE: 'database',
  APP_SECRET: SECRET,
  APP_SECRET_PREVIOUS: SECRET,
  SIGNING_ALG: 'PS256',
  SIGNING_KEY_FILES: '/run/secrets/one.pem, /run/secrets/two.pem',
  JWT_SECRET: SECRET,
  AUDIENCE: 'https://api.example.com',
  ACCESS_TOKEN_TTL: '5m',
  REFRESH_TOKEN_TTL: '14d',
  SESSION_MAX_AGE: '90d',
  SESSIONS_PER_USER: '10',
  REFRESH_GRACE: '0s',
  SIGNING_KEY_ROTATION: '30d',
  CLOCK_LEEWAY: '0s',
  REVOCATION_FEED_SERVICES:
    'billing=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, reports=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  REVOCATION_MAX_STALENESS: '2s',
  REVOCATION_CHECK: 'store',
  PASSWORD_HASH: 'argon2id',
  BCRYPT_COST: '10',
  AUDIT_RETENTION: '90d',
  HASH_WORKERS: '2',
  WORKERS: '1',
  SHUTDOWN_DELAY: '5s',
  OAUTH_CLIENTS:
    '[{"id": "shop", "name": "Shop", "type": "public", "redirectUris": ["https://shop.example.com/cb"]}]',
  APP_NAME: 'Acme Ön-Line',
  PASSWORD_MIN_LENGTH: '15',
  BREACHED_PASSWORDS_URL: 'https://api.pwnedpasswords.com/range/',
  BREACHED_PASSWORDS_TIMEOUT: '500ms',
  BREACHED_PASSWORDS_ON_FAILURE: 'refuse',
  LOGIN_RATE_LIMIT: '10/30s',
  REGISTER_RATE_LIMIT: '10/1h',
  REFRESH_RATE_LIMIT: '1/1s',
  FORGOT_RATE_LIMIT: '5/15m',
  RESET_RATE_LIMIT: '5/15m',
  VERIFY_RATE_LIMIT: '5/15m',
  FORWARD_AUTH_RATE_LIMIT: '100/1m',
  REGISTRATION: 'verify-first',
  UNVERIFIED_SCOPES: 'profile:read',
  INITIAL_ADMIN_PASSWORD_TTL: '2h',
  REAUTHENTICATION_MAX_AGE: 'off',
  INVITATION_TTL: '2d',
  RESET_TOKEN_TTL: '10m',
  VERIFICATION_TOKEN_TTL: '2d',
  MAIL_MIN_INTERVAL: '0s',
  RESEND_RATE_LIMIT: '5/15m',
  REAUTHENTICATION_RATE_LIMIT: '5/15m',
  CREDENTIAL_RATE_LIMIT: '5/15m',
  OAUTH_RATE_LIMIT: '5/15m',
  OAUTH_CLIENT_RATE_LIMIT: '5/15m',
  OAUTH_SECRET_RATE_LIMIT: '5/15m',
  MAIL_RATE_LIMIT: '5/15m',
  ACCOUNT_FAILURES: '5',
  ACCOUNT_DELAY_MAX: '10m',
  KNOWN_DEVICE_TTL: '90d',
  TRUST_PROXY: '10.0.0.0/8, 127.0.0.1',
  CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
  MAIL_URL: 'smtp://mail.internal:587',
  MAIL_FROM: 'Latchkey <no-reply@example.com>',
  MAIL_LANGUAGE: 'de',
  DOCS: 'off',
  ACCOUNT_PAGES: 'off',
  PAGES_DIR: '/etc/latchkey/pages',
  OAUTH: 'off',
  OAUTH_REGISTRATION: 'on',
  OAUTH_LOGOUT_NETWORKS: '10.0.0.0/8, fd00::/8',
  LINKS_URL: 'https://app.example.com',
  METRICS_TOKEN: SECRET,
  LOG_LEVEL: 'warn',
};

/** Some that are not. */
export const BAD: Record<string, string[]> = {
  OAUTH_CLIENTS: ['shop', '{}', '[', '[1]', '[null]', '[[]]'],
  OAUTH_LOGOUT_NETWORKS: ['internal', '10.0.0.0/33', '10.0.0.0/8, all', '/8'],
  APP_NAME: [' ', 'two\nlines', 'x'.repeat(101)],
  PASSWORD_MIN_LENGTH: ['7', '65', 'eight'],
  BREACHED_PASSWORDS_URL: [
    'http://api.pwnedpasswords.com/range/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'api.pwnedpasswords.com',
    'https://user:word@range.internal/',
    'https://range.internal/?key=1',
    'file:///etc/passwd',
  ],
  BREACHED_PASSWORDS_TIMEOUT: ['0s', '11s', '1'],
  BREACHED_PASSWORDS_ON_FAILURE: ['ignore', 'Allow'],
  NODE_ENV: ['prod', 'Production', 'staging', ' production'],
  PORT: ['-1', '65536', '80.5', '0x50', '1e3', 'http', ' 80', '١٢'],
  PUBLIC_URL: [
    'id.example.com',
    '/auth',
    'ftp://example.com',
    'https://',
    'javascript:alert(1)',
    'https://id.example.com/?a=1',
    'https://id.example.com/#a',
    'https://user:word@id.example.com',
  ],
  DATABASE_URL: ['mysql://db/latchkey', 'db.internal:5432', '/var/run/postgresql', 'postgres'],
  DATABASE_POOL_MAX: ['0', '-1', '1001', 'many'],
  DATABASE_SCHEMA: ['pg_auth', 'information_schema', ' auth', 'auth ', 'au\nth', 'ä'.repeat(32)],
  REDIS_URL: ['http://redis', 'redis.internal:6379', 'memory'],
  SESSION_STORE: ['memory', 'Database', 'none'],
  APP_SECRET: ['short', 'a'.repeat(64), 'abcabcabc'.repeat(8), ' '.repeat(48), SECRET.slice(1)],
  APP_SECRET_PREVIOUS: ['short', '0'.repeat(64)],
  SIGNING_ALG: ['none', 'HS512', 'es256', 'RS256,ES256', 'EdDSA'],
  JWT_SECRET: ['short', 'secret'.repeat(10)],
  METRICS_TOKEN: ['short', 'secret'.repeat(10), `${SECRET} ${SECRET}`, `${SECRET}ä`],
  ACCESS_TOKEN_TTL: ['0s', '999ms', '15', '-5m', '15 m', '1.5h', 'forever'],
  REFRESH_TOKEN_TTL: ['0d', '7', '1w'],
  SESSION_MAX_AGE: ['0d', 'never'],
  SESSIONS_PER_USER: ['0', '-1', '1.5', '10001', 'none'],
  REFRESH_GRACE: ['-1s', '10', 'off'],
  SIGNING_KEY_ROTATION: ['0d', 'monthly'],
  CLOCK_LEEWAY: ['-1s', '5', '10m'],
  REVOCATION_FEED_SERVICES: [
    'billing',
    'billing=secret',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'a b=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'billing=9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08',
  ],
  REVOCATION_MAX_STALENESS: ['0s', '499ms', 'never'],
  REVOCATION_CHECK: ['none', 'always', 'Memory'],
  PASSWORD_HASH: ['scrypt', 'argon2', 'md5', 'BCRYPT'],
  AUDIT_RETENTION: ['23h', '0d', '1y', 'forever'],
  BCRYPT_COST: ['3', '21', '12.5', 'high', '-4'],
  HASH_WORKERS: ['0', '257', 'all'],
  WORKERS: ['0', '257', 'auto'],
  SHUTDOWN_DELAY: ['6m', '5', '-1s'],
  LOGIN_RATE_LIMIT: ['5', '0/1m', '-5/1m', '5/0s', '5/500ms', '5/m', '5 / 1m', '5/1m/1h', 'off', '1e9/1m'],
  REGISTER_RATE_LIMIT: ['none'],
  REFRESH_RATE_LIMIT: ['none'],
  FORGOT_RATE_LIMIT: ['none'],
  RESET_RATE_LIMIT: ['none'],
  VERIFY_RATE_LIMIT: ['none'],
  RESEND_RATE_LIMIT: ['none'],
  REAUTHENTICATION_RATE_LIMIT: ['none'],
  CREDENTIAL_RATE_LIMIT: ['none'],
  OAUTH_RATE_LIMIT: ['none'],
  OAUTH_CLIENT_RATE_LIMIT: ['none'],
  OAUTH_SECRET_RATE_LIMIT: ['none'],
  MAIL_RATE_LIMIT: ['none'],
  ACCOUNT_FAILURES: ['0', '-1', '1.5', 'off', '1000001'],
  ACCOUNT_DELAY_MAX: ['0s', '999ms', '2d', 'off'],
  KNOWN_DEVICE_TTL: ['0s', '401d', 'off'],
  TRUST_PROXY: ['nginx', '10.0.0.0/99', '300.1.1.1', '127.0.0.1,nginx', ',', '-1', '1.5'],
  CORS_ORIGINS: ['*', 'app.example.com', 'https://app.example.com/', 'https://app.example.com/path', 'null'],
  MAIL_URL: [
    'mail.internal',
    'http://mail.internal',
    'smtp://',
    'smtp://mail/inbox',
    'smtp://mail?pool=true',
  ],
  MAIL_FROM: [
    'Latchkey',
    'a@b.example, c@d.example',
    'Acme <a@b.example>\nBcc: c@d.example',
    'Acme <no reply@b.example>',
  ],
  MAIL_LANGUAGE: ['English', 'en_US', '*'],
  DOCS: ['yes', 'On', '2'],
  ACCOUNT_PAGES: ['yes', 'On', '2'],
  LINKS_URL: ['app.example.com', '/account', 'javascript:alert(1)'],
  LOG_LEVEL: ['verbose', 'INFO', '30'],
};

/** What cannot be set alone. */
export function neededBy(name: string): EnvironmentSource {
  return name === 'MAIL_URL' ? { MAIL_FROM: GOOD['MAIL_FROM'] } : {};
}

/** By the names of the settings. */
export function valuesOf(source: EnvironmentSource): Record<string, unknown> {
  const values: Record<string, Record<string, unknown>> = readSettings(source);
  return Object.fromEntries(
    Object.entries(SETTINGS).flatMap(([group, settings]) =>
      Object.entries(settings).map(([key, { name }]) => [name, values[group]?.[key]]),
    ),
  );
}

export function problemsOf(source: EnvironmentSource): readonly string[] {
  try {
    readSettings(source);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}
