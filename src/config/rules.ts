import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';
import { isIP } from 'node:net';
import { isStrongSecret } from './strong-secret.js';
import { parseRedisUrl } from './redis-url.js';
import { formatDuration, parseDuration } from '../common/duration.js';

/** A quota in a window: `5/1m` is five a minute. */
export interface Quota {
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
}

/** A day; in-process windows are timers, which overflow after 24 days and would never limit anything. */
const QUOTA_WINDOW_MAX = 86_400_000;
const SCHEMA_BYTES_MAX = 63;
const DURATION_MAX = 36_500 * 86_400_000;

export function parseQuota(text: string): Quota | undefined {
  const match = /^(\d{1,7})\/(.+)$/.exec(text);
  const window = parseDuration(match?.[2] ?? '');
  const limit = Number(match?.[1]);
  return limit >= 1 && window !== undefined && window >= 1000 && window <= QUOTA_WINDOW_MAX
    ? { limit, window }
    : undefined;
}

/** A duration such as `15m`, from `min` (default 1s) to `max` (default a hundred years), in milliseconds. */
export function IsDuration(min = 1000, max = DURATION_MAX): PropertyDecorator {
  return rule(
    'isDuration',
    `must be a duration such as 500ms, 10s, 15m or 7d, from ${formatDuration(min)} to ${formatDuration(max)}`,
    (value) => {
      const duration = parseDuration(value);
      return duration !== undefined && duration >= min && duration <= max;
    },
  );
}

export function IsQuota(): PropertyDecorator {
  return rule(
    'isQuota',
    'must be a limit such as 5/1m: a count, a slash and a window from 1s to 1d',
    (value) => {
      return parseQuota(value) !== undefined;
    },
  );
}

export function IsIntegerBetween(min: number, max: number): PropertyDecorator {
  return rule('isIntegerBetween', `must be a whole number from ${min} to ${max}`, (value) => {
    return /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max;
  });
}

/** Addresses and networks, separated by commas, or a count of hops. */
export function IsTrustedProxies(): PropertyDecorator {
  const what =
    'must be a number of hops, or comma-separated addresses and networks such as 127.0.0.1, 10.0.0.0/8';
  return rule('isTrustedProxies', what, (value) => {
    const entries = splitList(value);
    return /^\d{1,2}$/.test(value) || (entries.length > 0 && entries.every(isAddressOrNetwork));
  });
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? 0 : Number(/^\d{1,3}$/.exec(prefix)?.[0]);
  return rest.length === 0 && version !== 0 && bits <= (version === 4 ? 32 : 128);
}

/** @see isStrongSecret */
export function IsStrongSecret(): PropertyDecorator {
  const what = 'must be set to at least 32 random bytes (try: openssl rand -base64 48)';
  return rule('isStrongSecret', what, isStrongSecret);
}

/** An absolute URL of one of the protocols, without a query or a fragment when `plain`. */
export function IsUrlOf(protocols: readonly string[], plain = false): PropertyDecorator {
  const what = `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return rule('isUrlOf', plain ? `${what}, without query or fragment` : what, (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !protocols.includes(url.protocol)) return false;
    return !plain || (url.search === '' && url.hash === '' && url.username === '' && url.password === '');
  });
}

/** A name as PostgreSQL keeps it: what is longer would be cut, and `pg_…` is its own. */
export function IsDatabaseSchema(): PropertyDecorator {
  return rule(
    'isDatabaseSchema',
    'must be the name of a PostgreSQL schema: at most 63 bytes, not pg_… and not information_schema',
    (value) =>
      /^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u.test(value) &&
      Buffer.byteLength(value) <= SCHEMA_BYTES_MAX &&
      !value.startsWith('pg_') &&
      value !== 'information_schema',
  );
}

export function IsRedisUrl(): PropertyDecorator {
  return rule(
    'isRedisUrl',
    'must be redis://host, redis+sentinel://host,host/master or redis+cluster://host,host (rediss for TLS)',
    (value) => parseRedisUrl(value) !== undefined,
  );
}

/** Redis can hold the sessions only where there is one. */
export function IsSessionStore(): PropertyDecorator {
  return ValidateBy({
    name: 'isSessionStore',
    validator: {
      validate: (value: unknown, args) => value !== 'redis' || hasRedis(args?.object),
      defaultMessage: () => 'is redis, which needs REDIS_URL',
    },
  });
}

function hasRedis(environment: { REDIS_URL?: string } | undefined): boolean {
  return environment?.REDIS_URL !== undefined;
}

/** A comma-separated list of files, which HS256 has no use for. */
export function IsKeyFileList(): PropertyDecorator {
  return ValidateBy({
    name: 'isKeyFileList',
    validator: {
      validate: (value: unknown, args) =>
        typeof value === 'string' && splitList(value).length > 0 && !usesSharedSecret(args?.object),
      defaultMessage: (args) =>
        usesSharedSecret(args?.object)
          ? 'cannot be used with SIGNING_ALG=HS256'
          : 'must be a comma-separated list of PEM files',
    },
  });
}

function usesSharedSecret(environment: { SIGNING_ALG?: string } | undefined): boolean {
  return environment?.SIGNING_ALG === 'HS256';
}

/** A comma-separated list of web origins. */
export function IsOriginList(): PropertyDecorator {
  return rule(
    'isOriginList',
    'must be a comma-separated list of origins such as https://app.example.com',
    (value) => {
      return splitList(value).every((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
    },
  );
}

export function splitList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

export function rule(name: string, message: string, accepts: (value: string) => boolean): PropertyDecorator {
  const options: ValidationOptions = { message: buildMessage(() => message) };
  return ValidateBy(
    { name, validator: { validate: (value: unknown) => typeof value === 'string' && accepts(value) } },
    options,
  );
}
