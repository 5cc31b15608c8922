import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configFromOptions } from './config-from-options.js';
import { ConfigurationError } from './configuration-error.js';
import type { LatchkeySettings } from './latchkey-settings.js';
import { loadConfig } from './load-config.js';

const SECRET = 'q0Zs8Yc1Jm5tVw3nKx7bLr2dHf6gPa9e';

/** @returns one line a problem */
function problemsWith(options: object): readonly string[] {
  try {
    configFromOptions(options, ['routes']);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('Options', () => {
  let dataDir: string;

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'latchkey-options-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('have the defaults of the settings', () => {
    const { tokens, ...rest } = configFromOptions({ dataDir, appSecret: SECRET });
    const { tokens: expected, ...others } = loadConfig({ DATA_DIR: dataDir, APP_SECRET: SECRET });
    expect(rest).toEqual(others);
    expect({ ...tokens, appSecret: '' }).toEqual({ ...expected, appSecret: '' });
  });

  it('take texts as the environment does, and numbers, booleans and lists', () => {
    const options: LatchkeySettings = {
      dataDir,
      appSecret: SECRET,
      accessTokenTtl: '5m',
      databasePoolMax: 20,
      corsOrigins: ['https://a.example.com', 'https://b.example.com'],
      sessionsPerUser: '3',
      redisUrl: undefined,
    };
    expect(configFromOptions(options)).toMatchObject({
      tokens: { accessTokenTtl: 300_000, sessionsPerUser: 3 },
      database: { poolMax: 20 },
      http: { corsOrigins: ['https://a.example.com', 'https://b.example.com'] },
      redis: { url: undefined },
    });
  });

  it('are not read from the environment', () => {
    process.env['ACCESS_TOKEN_TTL'] = '1m';
    try {
      expect(configFromOptions({ dataDir, appSecret: SECRET }).tokens.accessTokenTtl).toBe(900_000);
    } finally {
      delete process.env['ACCESS_TOKEN_TTL'];
    }
  });

  const wrong: [string, object, string][] = [
    ['a text', { accessTokenTtl: '15x' }, 'accessTokenTtl must be a duration such as'],
    ['a number', { databasePoolMax: 0 }, 'databasePoolMax must be a whole number from 1 to 1000'],
    ['a duration without a unit', { accessTokenTtl: 900 }, 'accessTokenTtl must be a duration'],
    ['what is no value', { accessTokenTtl: { minutes: 15 } }, 'accessTokenTtl must be a duration'],
    ['null', { databaseUrl: null }, 'databaseUrl must be a URL'],
    ['an empty text', { audience: '' }, 'audience must be'],
    ['a list of what are no texts', { corsOrigins: [1] }, 'corsOrigins must be a comma-separated list'],
    [
      'what does not go with another',
      { appSecret: SECRET, sessionStore: 'redis' },
      'sessionStore is redis, which needs redisUrl',
    ],
    ['a secret missing in production', { nodeEnv: 'production' }, 'appSecret must be set to at least 32'],
  ];

  it.each(wrong)('are refused by their own name: %s', (_, options, problem) => {
    expect(problemsWith(options)).toEqual([expect.stringContaining(problem)]);
  });

  it('are refused when misspelled, with the one that was probably meant', () => {
    expect(
      problemsWith({ accesTokenTtl: '5m', route: false, ACCESS_TOKEN_TTL: '5m', colour: 'red' }),
    ).toEqual([
      'accesTokenTtl is no option; accessTokenTtl was probably meant',
      'route is no option; routes was probably meant',
      'ACCESS_TOKEN_TTL is no option; accessTokenTtl was probably meant',
      'colour is no option',
    ]);
  });

  it('are told of all at once', () => {
    expect(problemsWith({ accesTokenTtl: '5m', bcryptCost: 1, docs: 'maybe', port: {} })).toHaveLength(4);
  });

  it.each(['trustProxy', 'docs', 'logLevel', 'workers', 'host', 'shutdownDelay'])(
    'are refused where only the server could apply them: %s',
    (option) => {
      expect(problemsWith({ [option]: '1' })).toEqual([
        expect.stringMatching(`^${option} is no option, but a setting of Latchkey's own server: .`),
      ]);
    },
  );

  it('are not shown where they are refused', () => {
    expect(problemsWith({ appSecret: 'short-canary', jwtSecret: ['canary'] }).join()).not.toContain('canary');
  });
});
