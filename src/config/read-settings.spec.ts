import { describe, expect, it } from '@jest/globals';
import {
  BAD,
  GOOD,
  NAMES,
  SECRET,
  neededBy,
  problemsOf,
  valuesOf,
} from '../../test/support/setting-values.js';
import { ConfigurationError } from './configuration-error.js';
import { readSettings } from './read-settings.js';
import { ALL_SETTINGS } from './settings/table.js';

const BAD_VALUES = Object.entries(BAD).flatMap(([name, values]) =>
  values.map((value): [string, string] => [name, value]),
);

describe('readSettings', () => {
  it('needs nothing', () => {
    expect(valuesOf({})).toMatchObject({
      PORT: 3000,
      SIGNING_ALG: 'ES256',
      LOGIN_RATE_LIMIT: { limit: 5, window: 60_000 },
    });
  });

  it.each(ALL_SETTINGS)('reads $name', ({ name, parser }) => {
    const value = parser.parse(GOOD[name] ?? '');
    expect(value).toBeDefined();
    expect(valuesOf({ ...neededBy(name), [name]: GOOD[name] })[name]).toEqual(value);
  });

  it.each(NAMES)('takes an empty %s for one that is not set', (name) => {
    expect(readSettings({ [name]: '', [`${name}_FILE`]: '' })).toEqual(readSettings({}));
  });

  it.each(BAD_VALUES)('refuses %s=%s with one clear line', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} (must|cannot) [^\n]{5,200}$`));
  });

  it.each(BAD_VALUES.filter(([name]) => /SECRET/.test(name)))('does not repeat the bad %s', (name, value) => {
    expect(problemsOf({ [name]: value }).join()).not.toContain(value);
  });

  it('does not repeat a URL, which may hold a password', () => {
    const canary = 'mysql://root:canary@db/x';
    for (const name of ['PUBLIC_URL', 'DATABASE_URL', 'REDIS_URL', 'MAIL_URL']) {
      expect(problemsOf({ [name]: canary }).join()).not.toContain('canary');
    }
  });

  it('tells of every bad value at once, one line each', () => {
    const problems = problemsOf({ PORT: 'x', APP_SECRET: 'x', LOG_LEVEL: 'x', HOST: '::' });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(['LOG_LEVEL', 'PORT', 'APP_SECRET']);
    expect(new ConfigurationError(problems).message).toBe(problems.join('\n'));
  });

  it('needs JWT_SECRET for HS256, and only for that', () => {
    expect(problemsOf({ SIGNING_ALG: 'HS256' })).toEqual([expect.stringMatching(/^JWT_SECRET must be /)]);
    expect(problemsOf({ SIGNING_ALG: 'HS256', JWT_SECRET: SECRET })).toEqual([]);
    expect(problemsOf({ SIGNING_ALG: 'RS256' })).toEqual([]);
  });

  it('takes redis for SESSION_STORE only with REDIS_URL', () => {
    expect(problemsOf({ SESSION_STORE: 'redis' })).toEqual(['SESSION_STORE is redis, which needs REDIS_URL']);
    expect(problemsOf({ SESSION_STORE: 'redis', REDIS_URL: 'redis://redis.internal' })).toEqual([]);
  });

  it('asks nothing of settings together with one that is bad in itself', () => {
    expect(problemsOf({ SESSION_STORE: 'redis', REDIS_URL: 'x' })).toEqual([
      expect.stringMatching(/^REDIS_URL must be /),
    ]);
  });

  it('ignores names it does not know', () => {
    expect(readSettings({ PATH: '/bin', PORT_: 'x', port: 'x', __proto__: 'x' })).toEqual(readSettings({}));
  });
});
