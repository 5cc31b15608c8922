import { createSecretKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { formatDuration, parseDuration } from '../../common/duration.js';
import { isPlainText } from '../../common/validation/plain-text.js';
import { isStrongSecret } from '../strong-secret.js';
import type { Parser } from './setting.js';

/** A quota in a window: `5/1m` is five a minute. */
export interface Quota {
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
}

/** A day; in-process windows are timers, which overflow after 24 days and would never limit anything. */
const QUOTA_WINDOW_MAX = 86_400_000;
const DURATION_MAX = 36_500 * 86_400_000;
const SWITCH = new Map([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
]);

/** A duration such as `15m`, from `min` (default 1s) to `max` (default a hundred years), in milliseconds. */
export function duration(min = 1000, max = DURATION_MAX): Parser<number> {
  return {
    must: `must be a duration such as 500ms, 10s, 15m or 7d, from ${formatDuration(min)} to ${formatDuration(max)}`,
    parse(text) {
      const value = parseDuration(text);
      return value !== undefined && value >= min && value <= max ? value : undefined;
    },
  };
}

export function durationOrOff(): Parser<number | 'off'> {
  return {
    must: 'must be a duration such as 15m, of at least 1s, or off',
    parse: (text) => (text === 'off' ? text : duration().parse(text)),
  };
}

export function quota(): Parser<Quota> {
  return {
    must: 'must be a limit such as 5/1m: a count, a slash and a window from 1s to 1d',
    parse(text) {
      const [, count, rest = ''] = /^(\d{1,7})\/(.+)$/.exec(text) ?? [];
      const limit = Number(count);
      const window = duration(1000, QUOTA_WINDOW_MAX).parse(rest);
      return limit >= 1 && window !== undefined ? { limit, window } : undefined;
    },
  };
}

export function integer(min: number, max: number): Parser<number> {
  return {
    must: `must be a whole number from ${min} to ${max}`,
    type: 'number | string',
    parse(text) {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of some words. */
export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  const what =
    words.length > 3 ? `one of ${words.join(', ')}` : words.join(', ').replace(/, ([^,]+)$/, ' or $1');
  return {
    must: `must be ${what}`,
    type: words.map((word) => `'${word}'`).join(' | '),
    parse: (text) => words.find((word) => word === text),
  };
}

export function onOrOff(): Parser<boolean> {
  return { must: 'must be on or off', type: "boolean | 'on' | 'off'", parse: (text) => SWITCH.get(text) };
}

/** Any text that is not blank. */
export function nonBlank(what: string): Parser<string> {
  return { must: `must be ${what}`, parse: (value) => (value.trim() === '' ? undefined : value) };
}

export function oneLine(): Parser<string> {
  return {
    must: 'must be a text of 1 to 100 characters on one line',
    parse: (value) => (value.trim() !== '' && value.length <= 100 && isPlainText(value) ? value : undefined),
  };
}

/** An absolute path. */
export function directory(): Parser<string> {
  return { must: 'must be a directory', parse: (path) => (path.trim() === '' ? undefined : resolve(path)) };
}

/** A key shows nothing of itself when it is logged or serialised. */
export function secret(): Parser<KeyObject> {
  return {
    must: 'must be set to at least 32 random bytes (try: openssl rand -base64 48)',
    parse: (value) => (isStrongSecret(value) ? createSecretKey(Buffer.from(value, 'utf8')) : undefined),
  };
}

/** Entries separated by commas, each of which `accepts` takes. */
export function list(must: string, accepts: (entry: string) => boolean = () => true): Parser<string[]> {
  return {
    must,
    type: 'readonly string[] | string',
    parse(value) {
      const entries = splitList(value);
      return entries.length > 0 && entries.every(accepts) ? entries : undefined;
    },
  };
}

export function splitList(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
