import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration-error.js';
import { loadConfig } from './load-config.js';
import type { LatchkeyConfig } from './config.js';

const APP_SECRET = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    loadConfig(source);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  let directory: string;
  let dataDir: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
    dataDir = join(directory, 'data');
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it("has the contract's defaults", () => {
    const config = loadConfig({ APP_SECRET, DATA_DIR: dataDir });
    const { appSecret, ...tokens } = config.tokens;
    expect({ ...config, tokens }).toEqual({
      app: { name: 'Latchkey', production: false, logLevel: 'info', dataDir, workers: 1 },
      http: {
        host: '127.0.0.1',
        port: 3000,
        publicUrl: 'http://localhost:3000',
        trustProxy: false,
        corsOrigins: [],
        docs: true,
        shutdownDelay: 0,
      },
      database: { url: undefined, poolMax: 10, directory: join(dataDir, 'database'), schema: undefined },
      redis: { url: undefined },
      tokens: {
        appSecretPrevious: undefined,
        issuer: 'http://localhost:3000',
        audience: 'http://localhost:3000',
        signingAlg: 'ES256',
        signingKeyFiles: [],
        jwtSecret: undefined,
        accessTokenTtl: 15 * 60_000,
        refreshTokenTtl: 7 * 86_400_000,
        sessionMaxAge: 30 * 86_400_000,
        sessionsPerUser: undefined,
        refreshGrace: 10_000,
        signingKeyRotation: 30 * 86_400_000,
        clockLeeway: 5_000,
        revocationFeedServices: [],
        revocationMaxStaleness: 5_000,
        revocationCheck: 'memory',
        sessionStore: 'database',
      },
      passwords: {
        algorithm: 'bcrypt',
        bcryptCost: 12,
        workers: expect.any(Number),
        minLength: 8,
        breached: { url: undefined, timeout: 1000, onFailure: 'allow' },
      },
      mail: {
        server: undefined,
        from: { name: '', address: 'no-reply@localhost' },
        language: 'en',
        directory: join(dataDir, 'outbox'),
        fileLifetime: 7 * 86_400_000,
      },
      throttling: {
        login: { limit: 5, window: 60_000 },
        register: expect.anything(),
        refresh: expect.anything(),
        forgot: { limit: 5, window: 60_000 },
        reset: expect.anything(),
        verify: expect.anything(),
        resend: { limit: 5, window: 600_000 },
        reauthentication: { limit: 5, window: 60_000 },
        credential: { limit: 60, window: 60_000 },
        oauth: { limit: 3000, window: 60_000 },
        oauthClient: { limit: 6000, window: 60_000 },
        oauthSecret: { limit: 10, window: 60_000 },
        mail: { limit: 3, window: 3_600_000 },
      },
      accountThrottling: { failures: 10, delayMax: 15 * 60_000, knownDeviceTtl: 180 * 86_400_000 },
      authentication: { initialPasswordTtl: 86_400_000, maxAge: 900_000 },
      registration: { mode: 'open', unverifiedScopes: undefined, invitationTtl: 7 * 86_400_000 },
      oneTimeTokens: { resetTtl: 15 * 60_000, verificationTtl: 86_400_000, mailMinInterval: 60_000 },
      audit: { retention: 365 * 86_400_000 },
      metrics: { token: undefined },
      pages: { on: true, directory: undefined, linksUrl: 'http://localhost:3000' },
      oauth: { on: true, clients: undefined, registration: false, logoutNetworks: [] },
    });
    expect(appSecret.export().toString()).toBe(APP_SECRET);
  });

  it('wants MAIL_FROM with MAIL_URL, and says so in one line', () => {
    expect(problemsOf({ APP_SECRET, MAIL_URL: 'smtp://mail.internal' })).toEqual([
      'MAIL_FROM must be set with MAIL_URL, to an address such as Acme <no-reply@acme.example>',
    ]);
    const MAIL_FROM = '"Acme Inc." <no-reply@acme.example>';
    expect(loadConfig({ APP_SECRET, MAIL_URL: 'smtps://mail.internal', MAIL_FROM }).mail).toMatchObject({
      server: { host: 'mail.internal', port: 465, secure: true },
      from: { name: 'Acme Inc.', address: 'no-reply@acme.example' },
    });
  });

  it('makes DATA_DIR absolute', () => {
    expect(isAbsolute(loadConfig({ APP_SECRET }).app.dataDir)).toBe(true);
  });

  it('takes the real port for PUBLIC_URL, and PUBLIC_URL for the issuer and the audience', () => {
    expect(loadConfig({ APP_SECRET, PORT: '0' }, 4711).tokens).toMatchObject({
      issuer: 'http://localhost:4711',
      audience: 'http://localhost:4711',
    });
    expect(loadConfig({ APP_SECRET, PUBLIC_URL: 'https://id.example.com/' }).tokens).toMatchObject({
      issuer: 'https://id.example.com',
      audience: 'https://id.example.com',
    });
    expect(loadConfig({ APP_SECRET, AUDIENCE: 'orders' }).tokens.audience).toBe('orders');
  });

  it('reads lists, with blanks and without', () => {
    const config = loadConfig({
      APP_SECRET,
      CORS_ORIGINS: 'https://a.example, https://b.example',
      SIGNING_KEY_FILES: 'one.pem,two.pem,',
    });
    expect(config.http.corsOrigins).toEqual(['https://a.example', 'https://b.example']);
    expect(config.tokens.signingKeyFiles).toEqual(['one.pem', 'two.pem']);
  });

  it('takes TRUST_PROXY for a number of hops where it is one', () => {
    expect(loadConfig({ APP_SECRET, TRUST_PROXY: '2' }).http.trustProxy).toBe(2);
    expect(loadConfig({ APP_SECRET, TRUST_PROXY: '127.0.0.1' }).http.trustProxy).toBe('127.0.0.1');
  });

  it.each([
    ['on', true],
    ['true', true],
    ['1', true],
    ['off', false],
    ['false', false],
    ['0', false],
  ])('takes DOCS=%s for %s', (DOCS, docs) => {
    expect(loadConfig({ APP_SECRET, DOCS }).http.docs).toBe(docs);
    expect(loadConfig({ APP_SECRET, DOCS, NODE_ENV: 'production' }).http.docs).toBe(docs);
  });

  it('is frozen through and through', () => {
    const config = loadConfig({
      APP_SECRET,
      CORS_ORIGINS: 'https://a.example',
      SIGNING_KEY_FILES: 'one.pem',
    });
    expect(unfrozen(config, 'config')).toEqual([]);
  });

  it.each([
    ['DATABASE_URL', 'postgres://ada:p@a:1,b:99999/db', 'names a port that is not from 1 to 65535'],
    ['DATABASE_URL', 'postgres:///db?host=a&port=0', 'names a port that is not from 1 to 65535'],
    ['REDIS_URL', 'rediss://:secret@[::1]:70000/1', 'names a port that is not from 1 to 65535'],
    ['MAIL_URL', 'smtp://localhost:99999', 'names a port that is not from 1 to 65535'],
    [
      'DATABASE_URL',
      'postgres://a/db?sslmode=bogus',
      'has an sslmode that is none of disable, allow, prefer, require, verify-ca, verify-full, no-verify',
    ],
    [
      'REDIS_URL',
      'redis://',
      'must be redis://host, redis+sentinel://host,host/master or redis+cluster://host,host (rediss for TLS)',
    ],
  ])('says what exactly is wrong with a URL where it knows: %s=%s', (name, url, problem) => {
    expect(problemsOf({ APP_SECRET, DATA_DIR: dataDir, MAIL_FROM: 'a@b.example', [name]: url })).toEqual([
      `${name} ${problem}`,
    ]);
  });

  it('refuses key files together with a shared secret', () => {
    expect(
      problemsOf({ APP_SECRET, SIGNING_ALG: 'HS256', JWT_SECRET: APP_SECRET, SIGNING_KEY_FILES: 'one.pem' }),
    ).toEqual(['SIGNING_KEY_FILES cannot be used with SIGNING_ALG=HS256']);
  });

  it.each(['ACCESS_TOKEN_TTL', 'REFRESH_TOKEN_TTL', 'SESSION_MAX_AGE', 'REFRESH_GRACE'])(
    'refuses a %s that ends where there are no dates any more',
    (name) => {
      expect(problemsOf({ APP_SECRET, [name]: '999999999d' })).toEqual([expect.stringMatching(`^${name} `)]);
    },
  );

  describe('in production', () => {
    const production = { NODE_ENV: 'production' };

    it('does not start without APP_SECRET, and generates none', () => {
      const missing = join(directory, 'production');
      expect(problemsOf({ ...production, DATA_DIR: missing })).toEqual([
        expect.stringMatching(/^APP_SECRET must be set to /),
      ]);
      expect(existsSync(missing)).toBe(false);
    });

    it.each(['short', 'a'.repeat(64)])('does not start with the weak APP_SECRET %j', (weak) => {
      expect(problemsOf({ ...production, APP_SECRET: weak })).toEqual([
        expect.stringMatching(/^APP_SECRET must be set to at least 32 random bytes/),
      ]);
    });

    it('shows no documentation unless asked', () => {
      expect(loadConfig({ ...production, APP_SECRET }).http.docs).toBe(false);
    });
  });

  describe('outside production', () => {
    it('generates APP_SECRET once for the directory', () => {
      const DATA_DIR = join(directory, 'generated');
      const first = loadConfig({ DATA_DIR }).tokens.appSecret.export().toString();
      const second = loadConfig({ DATA_DIR }).tokens.appSecret.export().toString();
      expect(Buffer.byteLength(first)).toBeGreaterThanOrEqual(32);
      expect(second).toBe(first);
      expect(readdirSync(DATA_DIR)).toEqual(['app-secret']);
    });

    it('prefers the one that is set', () => {
      const DATA_DIR = join(directory, 'unused');
      expect(loadConfig({ DATA_DIR, APP_SECRET }).tokens.appSecret.export().toString()).toBe(APP_SECRET);
      expect(existsSync(DATA_DIR)).toBe(false);
    });

    it.each(['', '\n', 'short', 'a'.repeat(64)])(
      'does not run on a secret file that holds only %j',
      (content) => {
        const DATA_DIR = mkdtempSync(join(directory, 'weak-'));
        writeFileSync(join(DATA_DIR, 'app-secret'), content);
        let secret = '';
        try {
          secret = loadConfig({ DATA_DIR }).tokens.appSecret.export().toString();
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          return;
        }
        // Making a new one would do as well.
        expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
        expect(secret).not.toBe(content);
      },
    );

    it('says in one line that the directory cannot be used', () => {
      const file = join(directory, 'a-file');
      writeFileSync(file, '');
      expect(problemsOf({ DATA_DIR: file })).toEqual([expect.stringMatching(/^DATA_DIR cannot be used: /)]);
    });
  });

  it('shows no secret when it is logged or serialised', () => {
    const config: LatchkeyConfig = loadConfig({
      APP_SECRET,
      APP_SECRET_PREVIOUS: APP_SECRET,
      JWT_SECRET: APP_SECRET,
      METRICS_TOKEN: APP_SECRET,
    });
    expect(JSON.stringify(config)).not.toContain(APP_SECRET);
  });
});

/** The paths of what is not frozen; keys are opaque, and nothing can be put into them. */
function unfrozen(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const isKey = Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value);
  const members = isKey ? [] : Object.entries(value);
  return [
    ...(Object.isFrozen(value) || isKey ? [] : [path]),
    ...members.flatMap(([name, member]) => unfrozen(member, `${path}.${name}`)),
  ];
}
